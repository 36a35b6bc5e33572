"""`python -m bench.site PAGES HOSTS PORT_FILE`: a site of made-up trusts on 127.0.0.2 and up, until it is ended.

The even pages bring an ETag and answer 304 to who knows it; the odd ones bring no validators, so
that only their bytes can tell that nothing is new. Written on asyncio's protocols: a server
that costs more than its clients would hide what they cost.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import sys
from pathlib import Path
from typing import ClassVar

_SENTENCES = (
    "The board of governors met on the first Tuesday of the month and agreed the plan for the coming year.",
    "Our community teams see people at home, in clinics and in schools, and most appointments are kept.",
    "A new garden was opened behind the day centre by the volunteers who had dug, planted and watered it.",
    "People who want to comment on the draft strategy can write to the office before the end of the quarter.",
    "The chief executive thanked colleagues who worked through the winter and those who cover for them.",
    "Patients told the survey that letters were clear, that waiting rooms were cold and that staff were kind.",
    "Our finance report shows a small surplus, which will go towards repairs at the two oldest sites.",
    "The network brings together hospitals, councils and charities that share what they have learnt.",
    "Applications for the lived experience panel are open, and travel costs are paid on the day.",
    "An independent review of the crisis line found that nine calls in ten were answered within a minute.",
)
_ON_TOPIC = "The trust has paused its Serenity Integrated Mentoring team while our medical director reviews it."
_MENU = "".join(f'<li class="menu"><a href="/section/{n}">Section {n} of the site</a></li>' for n in range(120))
_STYLE = "<style>" + "".join(f".block-{n} {{ margin: {n}px; padding: 0 1rem }}\n" for n in range(200)) + "</style>"


def host_of(page: int, hosts: int) -> str:
    """The host that a page lives on."""
    return f"127.0.0.{2 + page % hosts}"


def path_of(page: int) -> str:
    """The page's path on its host."""
    return f"/news/page-{page}"


def page_body(page: int) -> bytes:
    """One page: 25 kB with menu and footer, 400 to 700 words of text of its own; one in fifty is on topic."""
    chance = random.Random(page)
    paragraphs = []
    for number in range(chance.randint(6, 9)):
        sentences = [f"{chance.choice(_SENTENCES)[:-1]}, as item {chance.randint(1, 999)} says." for _ in range(4)]
        paragraphs.append(f"<p>{' '.join(sentences)}</p>" + (f"<h2>Part {number}</h2>" if number % 3 == 1 else ""))
    if page % 50 == 7:
        paragraphs.insert(1, f"<p>{_ON_TOPIC} It will report in month {page}.</p>")
    return (
        f'<!doctype html><html lang="en-GB"><head><title>News {page} | Northmoor Care Trust</title>{_STYLE}</head>'
        f"<body><header><nav><ul>{_MENU}</ul></nav></header>"
        f"<main><article><h1>News {page}</h1>{''.join(paragraphs)}</article>"
        "</main><footer><p>Cookies and privacy. Registered office: 1 Harbour Road.</p></footer></body></html>"
    ).encode()


class _Site(asyncio.Protocol):
    """HTTP/1.1 with connections kept, for GET alone."""

    pages: ClassVar[dict[str, tuple[bytes, bytes, bytes]]] = {}  # path -> ETag or b"", head, body
    _missing = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nnot found"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self._received = transport, b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            self._transport.write(self._answer(head))

    def _answer(self, head: bytes) -> bytes:
        path = head.split(b" ", 2)[1].decode()
        if path not in self.pages:
            return self._missing
        etag, answer_head, body = self.pages[path]
        if etag and b'"' + etag + b'"' in head:
            return b'HTTP/1.1 304 Not Modified\r\nETag: "' + etag + b'"\r\n\r\n'
        return answer_head + body


def _prepared(page: int) -> tuple[bytes, bytes, bytes]:
    body = page_body(page)
    etag = hashlib.sha256(body).hexdigest()[:24].encode() if page % 2 == 0 else b""
    validator = b'ETag: "' + etag + b'"\r\n' if etag else b""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n" + validator
    return etag, head + b"Content-Length: %d\r\n\r\n" % len(body), body


async def _serve(pages: int, hosts: int, port_file: Path) -> None:
    _Site.pages = {path_of(page): _prepared(page) for page in range(pages)}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Site, "127.0.0.2", 0)
    port = server.sockets[0].getsockname()[1]
    for number in range(1, hosts):
        await loop.create_server(_Site, f"127.0.0.{2 + number}", port)
    part = port_file.with_suffix(".part")
    part.write_text(str(port))
    part.rename(port_file)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
