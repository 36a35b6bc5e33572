"""README.txt of a pack: what it is and how to check it, for somebody who has never heard of this program."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from watcher.evidence.pack import ARCHIVE, DIGEST, PACKAGE, STATEMENT, answers_of

_TEXT = """\
WHAT THIS IS

Evidence of one change on a page of the web, kept by a program that reads
public pages on a schedule (the statement watcher).

  Change    {number}: {kind}
  Speaker   {organisation}
  Page      {url}
  Title     {title}
  Noticed   {detected_at}

{answers}
Every answer of the site lies in {archive} as it was received, with the
headers that came with it. (Compression on the way was undone, and three headers
that no longer fitted were renamed.) {statement} says what was read in it,
what was decided and why.

HOW TO CHECK IT WITHOUT THAT PROGRAM

1. This file is a ZIP file. Unpack it:

     unzip NAME.wacz -d pack && cd pack

2. Each file has the hash that {package} names, and {package}
   has the hash that {digest} names:

     sha256sum */*.* {package}
     cat {package} {digest}

3. Each record is whole, and has the hashes that it carries itself:

     pip install warcio
     warcio check {archive}

4. The page as it was received, and the record's own SHA-256:

{commands}
5. To see it in a browser, open the .wacz file on https://replayweb.page
   (pictures and styles were not kept).

6. The text in {statement} has the hash text_sha256: the SHA-256 of the
   blocks, joined by an empty line, in UTF-8. Read the page and compare.

With the program: watcher evidence verify NAME.wacz

WHAT IT PROVES

That these bytes, texts and times belong together, and that nothing in the pack
was altered since its SHA-256 was noted by somebody whom you trust. Without such
a note it proves no more than that its parts agree with each other: whoever makes
a pack can make another one.

WHAT IT DOES NOT PROVE

- That the site sent these bytes. Nothing in an answer of the web is signed in a
  way that can be shown to others. Whoever kept it vouches for it.
- When it was sent. The times are those of the clock of the machine that asked;
  no timestamp of a third party is in here.
- What other readers were shown. A site may answer each of them differently.
- What the text means. What is said of a topic or a position was read by machine.
{copies}"""


def readme_of(statement: Mapping[str, Any]) -> str:
    """The text that goes with a statement."""
    change = statement["change"]
    answers = answers_of(statement)
    return _TEXT.format(
        number=change["id"],
        kind=change["kind"],
        organisation=change["organisation"]["name"],
        url=change["url"],
        title=change["title"],
        detected_at=_moment(change["detected_at"]),
        answers="".join(_answer(one) for one in answers),
        commands="".join(_commands(one["answer"]["record"]) for one in answers),
        copies=_copies(statement["versions"]),
        archive=ARCHIVE,
        statement=STATEMENT,
        package=PACKAGE,
        digest=DIGEST,
    )


def _answer(one: Mapping[str, Any]) -> str:
    names = {"before": "Before", "after": "After", "gone": "Gone"}
    answer = one["answer"]
    said = f"version {one['id']}, " if "id" in one else ""
    note = answer["certificate_not_verified"]
    unverified = f"            the certificate of the site was not verified: {note}\n" if note else ""
    return (
        f"  {names[one['role']]:<9} {said}fetched {_moment(answer['fetched_at'])}, status {answer['status']}\n"
        f"            body SHA-256 {answer['body_sha256']}\n{unverified}"
    )


def _commands(record: Mapping[str, Any]) -> str:
    first, length = record["offset"] + 1, record["length"]
    return (
        f"     warcio extract --payload {ARCHIVE} {record['offset']} | sha256sum\n"
        f"     tail -c +{first} {ARCHIVE} | head -c {length} | sha256sum\n"
    )


def _copies(versions: list[Mapping[str, Any]]) -> str:
    copies = [one["archived_copy"] for one in versions if one["archived_copy"]]
    if not copies:
        return ""
    lines = "".join(f"  {copy['url']}\n  copied {_moment(copy['copied_at'])} by its own clock\n" for copy in copies)
    return f"\nWHO ELSE HAS SEEN IT\n\nAn outside archive has a copy, which does not hang on our word:\n\n{lines}"


def _moment(text: str) -> str:
    at = datetime.fromisoformat(text)
    return f"{at.day} {at:%B %Y, %H:%M:%S} UTC"
