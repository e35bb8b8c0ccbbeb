"""A local server of what `benchmarks.crawl` collects: ``python -m benchmarks.crawl_server POSTS``.

Timelines of Mastodon's API in the shape of a recorded one (every field, 40 posts a page, ``Link`` to the
next), and feeds of 100 entries as WordPress writes them. It prints its address and ends with its input.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from benchmarks.reading import texts

PAGE = 40
ENTRIES = 100
NEWEST = datetime(2026, 11, 20, tzinfo=UTC)
RECORDED = Path(__file__).parents[1] / "tests" / "fixtures" / "mastodon" / "public" / "input.json"
_TARGET = re.compile(rb"GET (\S+) HTTP/1")


class Timeline:
    """So many statuses, the newest first, each like one that was recorded but for its own values."""

    def __init__(self, posts: int) -> None:
        self.posts = posts
        self._shape = json.loads(RECORDED.read_text(encoding="utf-8"))["response"]["json"][0]
        self._texts = texts(2_000, watched=0.1)

    @lru_cache(maxsize=200)  # noqa: B019 - there is one
    def page(self, newest: int) -> bytes:
        """The page of the statuses from this number down."""
        return json.dumps([self._status(n) for n in range(newest, max(0, newest - PAGE), -1)]).encode()

    def _status(self, number: int) -> dict[str, Any]:
        rng = random.Random(number)
        person, text = f"u{int(20 * rng.paretovariate(0.7)) % 8_000}", self._texts[number % len(self._texts)]
        base = "https://social.example"
        tags = re.findall(r"#(\w+)", text)
        status = {
            "id": str(10**17 + number),
            "created_at": f"{NEWEST - timedelta(seconds=30 * (self.posts - number)):%Y-%m-%dT%H:%M:%S.000Z}",
            "uri": f"{base}/users/{person}/statuses/{10**17 + number}",
            "url": f"{base}/@{person}/{10**17 + number}",
            "language": "fa",
            "content": _content(base, text),
            "favourites_count": rng.randrange(50),
            "reblogs_count": rng.randrange(9),
            "tags": [{"name": tag, "url": f"{base}/tags/{tag}"} for tag in tags],
        }
        account = {
            "id": person, "username": person, "acct": person, "display_name": f"سارا {person}",  # Sara
            "url": f"{base}/@{person}", "uri": f"{base}/users/{person}",
            "followers_count": rng.randrange(9_999),
            "note": f"<p>{person} از تهران، <a href='{base}/tags/coffee'>#coffee</a></p>",  # from Tehran
            "fields": [{"name": "Web", "value": f"<a href='{base}/{person}'>a</a>", "verified_at": None}],
        }  # fmt: skip
        return self._shape | status | {"account": self._shape["account"] | account}


def _content(base: str, text: str) -> str:
    """The text as Mastodon marks it up."""
    marked = re.sub(
        r"#(\w+)|https?://([^\s?]+)(\S*)",
        lambda found: _tag(base, found[1]) if found[1] else _link(*found.group(2, 3)),
        escape(text, quote=False),
    )
    return f"<p>{marked}</p>"


def _tag(base: str, tag: str) -> str:
    return f'<a href="{base}/tags/{tag}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>'


def _link(shown: str, rest: str) -> str:
    return (
        f'<a href="https://{shown}{rest}" target="_blank" rel="nofollow noopener" translate="no">'
        f'<span class="invisible">https://</span><span class="">{shown}</span>'
        f'<span class="invisible">{rest}</span></a>'
    )


def feed(number: int) -> bytes:
    """A feed of 100 entries with their texts."""
    items = []
    for n, text in enumerate(texts(ENTRIES, seed=number)):
        url = f"https://news{number}.example/1405/{n}"
        at = format_datetime(NEWEST - timedelta(minutes=10 * n))
        body = "".join(f"<p>{escape(text)} <a href='{url}#more'>more</a></p>" for _ in range(3))
        items.append(
            f"<item><title>{escape(text[:60])}</title><link>{url}</link><dc:creator>سارا</dc:creator>"  # Sara
            f"<pubDate>{at}</pubDate><category>news</category><category>#coffee</category>"
            f"<guid isPermaLink='false'>{url}?p={n}</guid><description>{escape(text)}</description>"
            f"<content:encoded><![CDATA[{body}]]></content:encoded><slash:comments>{n}</slash:comments></item>"
        )
    return (
        "<?xml version='1.0' encoding='UTF-8'?><rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'"
        " xmlns:content='http://purl.org/rss/1.0/modules/content/'"
        " xmlns:slash='http://purl.org/rss/1.0/modules/slash/'>"
        f"<channel><title>News {number}</title><language>fa-IR</language>{''.join(items)}</channel></rss>"
    ).encode()


class Server(asyncio.Protocol):
    """HTTP/1.1 with just what these clients need."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._host = "{}:{}".format(*transport.get_extra_info("sockname"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            asked = _TARGET.match(head)
            status, headers, body = self._answer(asked[1].decode() if asked else "")
            lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
            self._transport.write("\r\n".join(lines).encode() + body)

    def _answer(self, target: str) -> tuple[str, list[str], bytes]:
        path, _, query = target.partition("?")
        if path == "/api/v1/timelines/public":
            below = re.search(r"max_id=(\d+)", query)
            newest = self._timeline.posts if below is None else int(below[1]) - 10**17 - 1
            oldest = max(1, newest - PAGE + 1)
            base = f"<http://{self._host}{path}?limit={PAGE}"
            link = (
                f'{base}&max_id={10**17 + oldest}>; rel="next", {base}&min_id={10**17 + newest}>; rel="prev"'
            )
            headers = ["Content-Type: application/json; charset=utf-8", f"Link: {link}"]
            return "200 OK", headers if newest > 0 else headers[:1], self._timeline.page(newest)
        if path in ("/api/v2/instance", "/api/v1/instance"):
            told = {"domain": "social.example", "uri": "social.example", "version": "4.5.0", "title": "Made"}
            return "200 OK", ["Content-Type: application/json"], json.dumps(told).encode()
        if path.startswith("/feed/"):
            return "200 OK", ["Content-Type: application/rss+xml"], feed(int(path.rpartition("/")[2]))
        return "404 Not Found", [], b""


async def serve(posts: int) -> None:
    """Serve until the standard input ends."""
    loop, timeline = asyncio.get_running_loop(), Timeline(posts)
    server = await loop.create_server(lambda: Server(timeline), "127.0.0.1", 0)
    print("http://{}:{}".format(*server.sockets[0].getsockname()), flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
