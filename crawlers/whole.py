"""Answers that were packed are whole or refused: Scrapy takes half a gzip stream for all of it."""

from __future__ import annotations

import zlib
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawlers.spider import spider_of
from posts.errors import NotReachable

_PIECE = 1 << 20


class WholeAnswers:
    """The downloader middleware just before unpacking."""

    def __init__(self, largest: int, source: str) -> None:
        self._largest = largest
        self._source = source

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"), spider_of(crawler).job.source)

    def process_response(self, request: Request, response: Response) -> Response:
        encoding = (response.headers.get("Content-Encoding") or b"").strip().lower()
        if encoding in {b"gzip", b"x-gzip"} and response.body and not is_whole(response.body, self._largest):
            raise NotReachable("the answer broke off in the middle", subject=self._source)
        return response


def is_whole(packed: bytes, largest: int) -> bool:
    """Whether a gzip stream has its end; one that unpacks to more than ``largest`` is left to the cap."""
    left, unpacked = packed, 0
    while left:
        unpacker = zlib.decompressobj(wbits=31)
        while left and not unpacker.eof:
            try:
                unpacked += len(unpacker.decompress(left, _PIECE))
            except zlib.error:
                return False
            if unpacked > largest:
                return True
            left = unpacker.unconsumed_tail
        if not unpacker.eof:
            return False
        # More members may follow; anything else after the end is padding.
        left = unpacker.unused_data if unpacker.unused_data[:2] == b"\x1f\x8b" else b""
    return True
