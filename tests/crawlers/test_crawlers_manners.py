"""The guard's and the waiting's decisions, and lines of JSON, without a network."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import brotli
import pytest
from backports import zstd
from twisted.internet.error import DNSLookupError

from crawlers.guard import Guard, GuardedResolver, forbidden, is_public, private_address
from crawlers.imports.jsonl import BadLine, read
from crawlers.ledger import Ledger
from crawlers.limits import asked_wait
from crawlers.pseudonyms import key_of
from crawlers.whole import is_whole, is_whole_brotli, is_whole_deflate, is_whole_zstd
from posts.errors import ConfigError, NotReachable, RateLimited, Refused
from posts.post import Post, encode


def bare(data: bytes) -> bytes:
    """Deflate without its frame."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
LINE = {
    "id": "mastodon:a.example:users/sara/statuses/1",
    "platform": "mastodon",
    "source": "town",
    "author": "sara@a.example",
    "created_at": "2026-10-01T08:30:00Z",
    "text": "سلام #قهوه",  # "hello #coffee"
    "hashtags": ["قهوه"],
}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "Sun, 01 Nov 2026 12:01:00 GMT"}, 60.0),
        ({"retry-after": "Sun, 01 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"x-ratelimit-reset": "2026-11-01T12:05:00.497737Z"}, 300.497737),
        ({"x-ratelimit-reset": str(int(NOW.timestamp()) + 90)}, 90.0),
        ({"x-ratelimit-reset": "45"}, 45.0),
        ({"retry-after": "1", "x-ratelimit-reset": "45"}, 1.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "-5"}, None),
        ({}, None),
    ],
)
def test_the_wait_a_server_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    """Retry-After in seconds or as a date, a reset in ISO 8601, since 1970 or from now."""
    assert asked_wait(headers, now=NOW) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://example.org/", True),
        ("http://example.org:80/x", True),
        ("https://example.org:8443/", False),
        ("ftp://example.org/", False),
        ("file:///etc/passwd", False),
        ("https://user:secret@example.org/", False),
        ("http://127.0.0.1:3311/", True),
        ("http://127.0.0.1:3312/", False),
        ("https:///x", False),
        ("http://localhost/", False),
        ("http://a.LOCALHOST./", False),
        ("http://abc.onion/", False),
        ("https://printer.local/", False),
        ("https://nas.home.arpa/", False),
        ("https://db.internal/", False),
        ("https://example.onion.org/", True),
        ("https://localhost.example.org/", True),
        ("http://[half", False),
    ],
)
def test_which_addresses_may_be_asked(url: str, *, allowed: bool) -> None:
    """Schemes, ports, passwords, and the one private host that was opened."""
    assert (forbidden(url, frozenset({"127.0.0.1:3311"})) is None) == allowed


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("fec0::1", False),
        ("::127.0.0.1", False),
        ("::ffff:0:7f00:1", False),
        ("64:ff9b:1::7f00:1", False),
        ("64:ff9b::808:808", True),
        ("2002:808:808::", True),
        ("5f00::1", False),
        ("240.0.0.1", False),
        ("198.18.0.1", False),
        ("nonsense", False),
    ],
)
def test_which_addresses_are_public(address: str, *, public: bool) -> None:
    """Private ranges in every spelling, IPv4 inside IPv6 too."""
    assert is_public(address) == public


def test_one_private_address_is_enough() -> None:
    """A name with a public and a private address is refused, and the private one is named."""
    why = private_address("two.example", ["93.184.216.34", "192.168.0.7"])

    assert why is not None
    assert "192.168.0.7" in why


class _Reactor:
    """Only what a resolver asks of one."""


async def _addresses(guard: Guard, answers: list[str], monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """What the guard says of a name that has another address each time it is asked for."""
    found = iter(answers)
    monkeypatch.setattr("crawlers.guard.resolve", lambda host: [next(found)])
    told: list[str | None] = []
    for _ in answers:
        guard._known.clear()  # as another crawl would ask
        told.append(await guard._private("rebind.example"))
    return told


def test_a_name_that_changes_its_address_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard asks before the request, the resolver checks what is connected to: public, then private."""
    monkeypatch.setattr("crawlers.guard.run_in_thread", _at_once)
    told = asyncio.run(_addresses(Guard(frozenset()), ["93.184.216.34", "127.0.0.1"], monkeypatch))
    resolver = GuardedResolver(_Reactor(), 100, 10.0)

    assert told[0] is None
    assert "127.0.0.1" in (told[1] or "")
    assert resolver._checked("93.184.216.34", "rebind.example") == "93.184.216.34"
    for address in ("127.0.0.1", "10.0.0.1", "169.254.169.254", "0.0.0.0"):
        with pytest.raises(DNSLookupError, match="not a public address"):
            resolver._checked(address, "rebind.example")


async def _at_once(function: Any, *args: Any) -> Any:
    return function(*args)


def test_a_gzip_without_its_end_is_not_whole() -> None:
    """Cut anywhere it is not whole; several members one after the other are."""
    packed = gzip.compress(b"text" * 1000)

    assert is_whole(packed, 2**20)
    assert is_whole(packed + packed, 2**20)
    assert not any(is_whole(packed[:end], 2**20) for end in range(1, len(packed)))
    assert not is_whole(b"no gzip at all", 2**20)


@pytest.mark.parametrize(
    ("pack", "whole"),
    [(zlib.compress, is_whole_deflate), (bare, is_whole_deflate), (brotli.compress, is_whole_brotli),
     (zstd.compress, is_whole_zstd)],
)  # fmt: skip
def test_other_packings_without_their_end_are_not_whole(pack: Any, whole: Any) -> None:
    """Cut anywhere they are not whole; what unpacks to more than the cap is left to the cap."""
    packed = pack(bytes(range(256)) * 40)

    assert whole(packed, 2**20)
    assert not any(whole(packed[:end], 2**20) for end in range(1, len(packed)))
    assert not whole(b"no such thing at all", 2**20)
    assert whole(pack(b" " * 3_000_000), 2**20)


def test_no_failure_looks_like_success() -> None:
    """The state of a run from what was noted in it."""
    clean, short, failed, half, late = (Ledger() for _ in range(5))
    short.fall_short("no entries")
    failed.fail(Refused("no"))
    half.got = 3
    half.fail(NotReachable("gone away"))
    late.got = 3
    late.fail(RateLimited("wait", until=NOW))

    assert [ledger.outcome()[0] for ledger in (clean, short, failed, half, late)] == [
        "ok",
        "partial",
        "refused",
        "partial",
        "put off",
    ]


def test_the_key_of_pseudonyms_is_made_once(tmp_path: Path) -> None:
    """The same key each time, readable by its owner only; a broken file is named, not replaced."""
    key = key_of(tmp_path)

    assert key_of(tmp_path) == key
    assert len(key) == 32
    (tmp_path / "pseudonym.key").write_text("nothing")
    with pytest.raises(ConfigError):
        key_of(tmp_path)


def lines(path: Path, *values: object) -> Path:
    path.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values), "utf-8")
    return path


def test_the_short_form_becomes_a_post(tmp_path: Path) -> None:
    """Id, author, text and tags stand as written, under the source of the import."""
    path = lines(tmp_path / "posts.jsonl", {**LINE, "metrics": {"likes": 3}, "shares": 2})

    (post,) = read(path, "old", now=NOW)

    assert isinstance(post, Post)
    assert (post.id, post.source, post.text, post.hashtags) == (LINE["id"], "old", LINE["text"], ("قهوه",))
    assert post.author is not None
    assert (post.author.key, post.author.handle) == ("mastodon:a.example:sara", "sara@a.example")
    assert (post.metrics.likes, post.metrics.shares, post.metrics.comments) == (3, 2, None)


def test_whole_records_come_back_as_they_were(tmp_path: Path) -> None:
    """A record written by encode is the same post again, packed or not."""
    (post,) = read(lines(tmp_path / "short.jsonl", LINE), "town", now=NOW)
    assert isinstance(post, Post)
    path = tmp_path / "whole.jsonl.gz"
    path.write_bytes(gzip.compress(encode(post) + b"\n"))

    assert list(read(path, "", now=NOW)) == [post]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("not json", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "an object was expected"),
        (json.dumps({**LINE, "id": None}), "post.id: missing"),
        (json.dumps({**LINE, "created_at": 1740816000}), "not a time"),
        (json.dumps({**LINE, "created_at": "1403-12-11T00:00:00Z"}), "2000-01-01"),
        (json.dumps({**LINE, "created_at": "2026-10-01T08:30:00"}), "no time zone"),
        (json.dumps({**LINE, "likes": -1}), "not a count"),
        (json.dumps({**LINE, "kind": "poem"}), "none of"),
        (json.dumps({**LINE, "text": ""}), "text: missing"),
        (json.dumps({**LINE, "collected_at": "x", "kind": "text", "author": None}), "collected_at"),
    ],
)
def test_a_bad_line_is_a_value_and_the_others_come_in(tmp_path: Path, line: str, reason: str) -> None:
    """The number of the line and the reason; the lines around it are posts."""
    good = json.dumps(LINE)
    path = tmp_path / "posts.jsonl"
    path.write_text(f"{good}\n\n{line}\n{good}", "utf-8")

    first, bad, last = read(path, "town", now=NOW)

    assert isinstance(first, Post)
    assert isinstance(last, Post)
    assert isinstance(bad, BadLine)
    assert (bad.number, reason in bad.reason) == (3, True), bad.reason
