"""Content-encodings, undone within a bound and only if they are complete.

`httpx2` decodes too, but takes a gzip body that was cut short for a whole one (its decoder
does not look at `eof`) and stops after the first gzip member; a page cut in half would look
like an edit. So the raw bytes are decoded here, with the same libraries.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator, Sequence

import brotli

if sys.version_info >= (3, 14):
    from compression.zstd import DecompressionParameter, ZstdDecompressor, ZstdError
else:
    from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
_PIECE = 2**18
_MAX_CODINGS = 3
# RFC 9659: a window of 8 MB is all that a zstd content-encoding may ask its reader to keep.
_ZSTD_WINDOW_LOG = 23


class TooLargeError(Exception):
    """Decoded, it would be more than we take."""


class CutShortError(Exception):
    """The encoded bytes end before their own end mark."""


class NotDecodableError(Exception):
    """The bytes are not what the header says, or in a coding that we never asked for."""


def decoded(raw: bytes, codings: Sequence[str], max_bytes: int) -> bytes:
    """The content of `raw`, whose `codings` are in the order in which the server applied them.

    No stage, and not the result, is ever longer than `max_bytes`, so a nested bomb stops
    at the first stage that grows too far. Raises TooLargeError, CutShortError, NotDecodableError.
    """
    names = [name for name in (coding.strip().lower() for coding in codings) if name and name != "identity"]
    if len(names) > _MAX_CODINGS:
        raise NotDecodableError(f"{len(names)} content-encodings, one in the other")
    for name in reversed(names):
        if name not in DECODERS:
            raise NotDecodableError(f"content-encoding {name!r}")
        if raw:
            raw = _collected(DECODERS[name](raw), max_bytes)
    return raw


def _collected(pieces: Iterator[bytes], max_bytes: int) -> bytes:
    kept = bytearray()
    try:
        for piece in pieces:
            kept += piece
            if len(kept) > max_bytes:
                raise TooLargeError
    except (zlib.error, brotli.error, ZstdError) as error:
        raise NotDecodableError(str(error)) from error
    return bytes(kept)


def _gzip(raw: bytes) -> Iterator[bytes]:
    """Member by member: several in a row are one content (RFC 1952 §2.2)."""
    while raw:
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        yield from _zlib_pieces(member, raw)
        raw = member.unused_data
        if raw and not raw.startswith(b"\x1f\x8b"):
            return  # padding after the last member; gzip(1) ignores it too


def _deflate(raw: bytes) -> Iterator[bytes]:
    """With or without the zlib wrapper: servers send both under this name."""
    has_wrapper = raw[0] & 0x0F == 8 and int.from_bytes(raw[:2], "big") % 31 == 0
    yield from _zlib_pieces(zlib.decompressobj(zlib.MAX_WBITS if has_wrapper else -zlib.MAX_WBITS), raw)


def _zlib_pieces(member: zlib._Decompress, raw: bytes) -> Iterator[bytes]:
    piece = member.decompress(raw, _PIECE)
    while piece or member.unconsumed_tail:
        yield piece
        piece = member.decompress(member.unconsumed_tail, _PIECE)
    if not member.eof:
        raise CutShortError


def _brotli(raw: bytes) -> Iterator[bytes]:
    decompressor = brotli.Decompressor()
    piece = decompressor.process(raw, output_buffer_limit=_PIECE)
    while piece:
        yield piece
        piece = decompressor.process(b"", output_buffer_limit=_PIECE)
    if not decompressor.is_finished():
        raise CutShortError


def _zstd(raw: bytes) -> Iterator[bytes]:
    """Frame by frame: several in a row are one content (RFC 8878 §3.1)."""
    while raw:
        frame = ZstdDecompressor(options={DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG})
        piece = frame.decompress(raw, _PIECE)
        while piece:
            yield piece
            if frame.eof or frame.needs_input:
                break
            piece = frame.decompress(b"", _PIECE)
        if not frame.eof:
            raise CutShortError
        raw = frame.unused_data


DECODERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
