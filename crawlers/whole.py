"""Answers that were packed are whole or refused: Scrapy takes half a stream of any packing for all of it."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from typing import Any, Final, Self

import brotli
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawlers.spider import spider_of
from posts.errors import NotReachable, NotUnderstood

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_PIECE: Final = 1 << 20


class WholeAnswers:
    """The downloader middleware just before unpacking."""

    def __init__(self, largest: int, source: str) -> None:
        self._largest = largest
        self._source = source

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"), spider_of(crawler).job.source)

    def process_response(self, request: Request, response: Response) -> Response:
        told = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1").lower()
        packings = [name for part in told.split(",") if (name := part.strip()) not in ("", "identity")]
        if not packings or not response.body:
            return response
        if len(packings) > 1:
            raise NotUnderstood("the answer is packed more than once", subject=self._source)
        whole = _WHOLE.get(packings[0])
        if whole is None:
            raise NotUnderstood(
                f"the answer is packed in a way that was not offered ({packings[0][:40]})",
                subject=self._source,
            )
        if not whole(response.body, request.meta.get("download_maxsize", self._largest)):
            raise NotReachable(
                f"the answer broke off in the middle, or is no {packings[0]}", subject=self._source
            )
        return response


def is_whole(packed: bytes, largest: int) -> bool:
    """Whether a gzip stream has its end; one that unpacks to more than ``largest`` is left to the cap."""
    left, unpacked = packed, 0
    while left:
        unpacker = zlib.decompressobj(wbits=31)
        made = _unpacked(left, largest - unpacked, unpacker)
        if made is None:
            return False
        unpacked += made
        if unpacked > largest:
            return True
        if not unpacker.eof:
            return False
        # More members may follow; anything else after the end is padding.
        left = unpacker.unused_data if unpacker.unused_data[:2] == b"\x1f\x8b" else b""
    return True


def is_whole_deflate(packed: bytes, largest: int) -> bool:
    """Whether a zlib stream, or a bare one as some servers send, has its end."""
    return any(_ends(packed, largest, zlib.decompressobj(wbits)) for wbits in (15, -15))


def _ends(packed: bytes, largest: int, unpacker: Any) -> bool:
    made = _unpacked(packed, largest, unpacker)
    return made is not None and (made > largest or bool(unpacker.eof))


def _unpacked(left: bytes, most: int, unpacker: Any) -> int | None:
    """Bytes that it unpacks to, counted until they are more than ``most``; ``None`` if it is no stream."""
    unpacked = 0
    while left and not unpacker.eof and unpacked <= most:
        try:
            unpacked += len(unpacker.decompress(left, _PIECE))
        except zlib.error:
            return None
        left = unpacker.unconsumed_tail
    return unpacked


def is_whole_brotli(packed: bytes, largest: int) -> bool:
    """Whether a brotli stream has its end."""
    unpacker = brotli.Decompressor()
    unpacked, piece = 0, packed
    try:
        while not unpacker.is_finished():
            made = len(unpacker.process(piece, output_buffer_limit=_PIECE))
            unpacked, piece = unpacked + made, b""
            if unpacked > largest:
                return True
            if not made and not unpacker.is_finished():
                return False
    except brotli.error:
        return False
    return True


def is_whole_zstd(packed: bytes, largest: int) -> bool:
    """Whether each frame of a zstd stream has its end."""
    left, unpacked = packed, 0
    while left:
        unpacker = zstd.ZstdDecompressor()
        piece = left
        try:
            while not unpacker.eof:
                made = len(unpacker.decompress(piece, _PIECE))
                unpacked, piece = unpacked + made, b""
                if unpacked > largest:
                    return True
                if not made and not unpacker.eof and unpacker.needs_input:
                    return False
        except zstd.ZstdError:
            return False
        left = unpacker.unused_data
    return True


_WHOLE: Final[dict[str, Callable[[bytes, int], bool]]] = {
    "gzip": is_whole,
    "x-gzip": is_whole,
    "deflate": is_whole_deflate,
    "br": is_whole_brotli,
    "zstd": is_whole_zstd,
}
