"""What robots.txt may be."""

from __future__ import annotations

import gzip
import random

from tests.hostile.server import End, Exchange, behaviour, says

READ = End("ok", got=3)
NOT_NOW = End("error", "nothing is asked until it can be read")
UNREAD = End("error", "robots.txt of 127.0.0.1")

says("robots: 500", b"sorry", status=500, on="robots", feed=NOT_NOW)
says("robots: 502", b"<html>", status=502, on="robots", feed=NOT_NOW)
says("robots: 401", b"no", status=401, on="robots", feed=READ)
says("robots: 403", b"no", status=403, on="robots", feed=READ)
says(
    "robots: 429",
    b"",
    status=429,
    headers={"Retry_After": "3600"},
    on="robots",
    feed=End("put off", "the server answers 429"),
)
says("robots: HTML", b"<!DOCTYPE html><html><body>Disallow: /</body></html>", on="robots", feed=READ)
says("robots: binary", random.Random(3).randbytes(200_000), on="robots", feed=READ)
says("robots: zeros", b"\x00" * 100_000, on="robots", feed=READ)
says("robots: UTF-16", "User-agent: *\nDisallow: /".encode("utf-16"), on="robots", feed=READ)
says(
    "robots: forbidden",
    b"User-agent: *\nDisallow: /\n",
    on="robots",
    feed=End("refused", "robots.txt of 127.0.0.1"),
)
says(
    "robots: forbidden by name",
    b"User-agent: rasad\nDisallow: /feed\n\nUser-agent: *\nAllow: /",
    on="robots",
    feed=End("refused", "forbids it"),
)
says(
    "robots: forbidden after a mark",
    b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /feed\r\n",
    on="robots",
    feed=End("refused", "forbids it"),
)
says(
    "robots: nonsense numbers",
    b"User-agent: *\nCrawl-delay: nan\nCrawl-delay: -5\nCrawl-delay: 1e400\nRequest-rate: 1/0\n",
    on="robots",
    feed=READ,
)
says("robots: stars", b"User-agent: *\nDisallow: /" + b"*f" * 20_000 + b"\n", on="robots", feed=READ)
says(
    "robots: half of gzip",
    gzip.compress(random.Random(4).randbytes(4000))[:2000],
    on="robots",
    headers={"Content_Encoding": "gzip"},
    feed=UNREAD,
)


@behaviour("robots: 17 MB", on="robots", feed=End("error", "larger than 16 MiB"))
async def large(x: Exchange) -> None:
    await x.answer(b"User-agent: *\nDisallow: /private\n" * 520_000)


@behaviour("robots: 15 MB of rules", on="robots", feed=READ)
async def many_rules(x: Exchange) -> None:
    """Only the beginning is read."""
    await x.answer(b"User-agent: *\n" + b"Disallow: /private/*/x$\n" * 650_000)


@behaviour(
    "robots: hang", on="robots", feed=End("error", "gave no whole answer in time"), answer_timeout_s=1.5
)
async def hang(x: Exchange) -> None:
    await x.hang()


@behaviour("robots: closed", on="robots", feed=UNREAD)
async def close(x: Exchange) -> None:
    """The connection ends."""


@behaviour("robots: to the canary", on="robots", feed=End("refused", "redirects to another address"))
async def canary(x: Exchange) -> None:
    await x.redirect(f"{x.canary}/robots.txt")


@behaviour("robots: circle", on="robots", feed=READ)
async def circle(x: Exchange) -> None:
    """RFC 9309: after five redirects it counts as not there."""
    await x.redirect("/robots.txt")


@behaviour("robots: elsewhere", on="robots", feed=End("refused", "forbids it"))
async def elsewhere(x: Exchange) -> None:
    """A redirect to a file that forbids everything is obeyed for the server that sent it."""
    await (x.redirect("/more") if x.path == "/robots.txt" else x.answer(b"User-agent: *\nDisallow: /feed"))
