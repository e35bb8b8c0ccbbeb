"""Packed answers: bombs, halves, and packings that are not what they say."""

from __future__ import annotations

import gzip
import json
import random
import zlib
from collections.abc import Callable

import brotli
from backports import zstd

from tests.hostile.platforms import CHANNEL, item, message, page, rss, skeet, status
from tests.hostile.server import End, Exchange, behaviour

CUT = End("error", "broke off in the middle")
LARGE = End("error", "larger than 16 MiB")
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: brotli.compress(data, quality=3),
    "zstd": zstd.compress,
}
_ROLL = random.Random(7)
_WORDS = ["".join(_ROLL.choice("abcdefghij") for _ in range(12)) for _ in range(4_000)]
LONG = {
    "feed": rss(*(item(n, title=_WORDS[n], description=_WORDS[-n]) for n in range(1, 400))).encode(),
    "mastodon": page(*(status(n, content=_WORDS[n] + _WORDS[-n]) for n in range(19, 0, -1))),
    "telegram": CHANNEL.format("".join(map(message, range(1, 9))) + " ".join(_WORDS)).encode(),
    "bluesky": json.dumps({"feed": [skeet(n) | {"x": _WORDS[n]} for n in range(99, 0, -1)]}).encode(),
}


def _bomb(name: str, pack: Callable[[bytes], bytes]) -> None:
    @behaviour(f"bomb of {name}", both=LARGE)
    async def answer(x: Exchange) -> None:
        """96 MiB of the same, packed into next to nothing."""
        await x.answer(pack(b" " * (96 * 2**20)), Content_Encoding=name)


def _half(name: str, pack: Callable[[bytes], bytes]) -> None:
    @behaviour(f"half of {name}", both=CUT)
    async def answer(x: Exchange) -> None:
        """The first half of a packed answer, with a length that is right."""
        packed = pack(LONG[x.platform.name])
        await x.answer(packed[: len(packed) // 2], Content_Encoding=name)


def _whole(name: str, pack: Callable[[bytes], bytes]) -> None:
    @behaviour(f"whole {name}", both=End("ok", got=3))
    async def answer(x: Exchange) -> None:
        await x.answer(pack(x.good), Content_Encoding=name)


def _lie(name: str) -> None:
    @behaviour(f"no {name} at all", both=End("error", f"or is no {name}"))
    async def answer(x: Exchange) -> None:
        """Plain text that is said to be packed."""
        await x.answer(x.good, Content_Encoding=name)


for _name, _pack in PACKERS.items():
    _bomb(_name, _pack)
    _half(_name, _pack)
    _whole(_name, _pack)
    _lie(_name)


@behaviour("deflate without its frame", both=End("ok", got=3))
async def bare(x: Exchange) -> None:
    """As some servers send it."""
    packer = zlib.compressobj(wbits=-15)
    await x.answer(packer.compress(x.good) + packer.flush(), Content_Encoding="deflate")


@behaviour("packed twice", both=End("error", "packed more than once"))
async def twice(x: Exchange) -> None:
    """A bomb in a parcel."""
    inner = gzip.compress(b" " * (64 * 2**20))
    await x.answer(gzip.compress(inner), Content_Encoding="gzip, gzip")


@behaviour("packed a hundred times", both=End("error", "packed more than once"))
async def hundred(x: Exchange) -> None:
    await x.answer(x.good, Content_Encoding=", ".join(["br"] * 100))


@behaviour("unknown packing", both=End("error", "packed in a way that was not offered (lzma)"))
async def unknown(x: Exchange) -> None:
    await x.answer(x.good, Content_Encoding="lzma")


@behaviour("gzip with a tail", both=End("ok", got=3))
async def tail(x: Exchange) -> None:
    """Zeros behind the end, as some servers pad."""
    await x.answer(gzip.compress(x.good) + b"\x00" * 512, Content_Encoding="gzip")
