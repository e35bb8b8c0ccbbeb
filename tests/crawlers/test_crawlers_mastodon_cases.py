"""Recorded and made answers of Mastodon's API that are no timeline, each beside what is to be read in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.pages.events import LARGEST, Event, Events
from crawlers.pages.fields import Reading
from crawlers.pages.mastodon_edits import read_edits
from crawlers.pages.mastodon_finds import found_id, read_context, read_found, read_status
from crawlers.pages.mastodon_people import Seen, read_profile
from crawlers.pages.mastodon_server import read_server, streaming_address
from crawlers.pages.mastodon_stream import read_events
from posts.errors import NotUnderstood
from posts.post import MAX_EDITS

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "mastodon"
CASES = sorted(FIXTURES.glob("*/input.*.json"))
AT = datetime(2026, 11, 1, tzinfo=UTC)


def told(reading: Reading) -> dict[str, Any]:
    """What was read, only what is set."""
    return {
        "items": reading.items,
        "passed_over": dict(reading.passed_over),
        "unread": dict(reading.unread),
        "unreadable": {item.subject: item.reason for item in reading.unreadable},
        "refs": dict(reading.refs),
        "oldest": reading.oldest and reading.oldest.isoformat(),
        "newest": reading.newest and reading.newest.isoformat(),
        "posts": [short(msgspec.to_builtins(post)) for post in reading.posts],
    }


def short(value: Any) -> Any:
    if isinstance(value, dict):
        parts = {key: short(part) for key, part in value.items()}
        return {k: p for k, p in parts.items() if p not in (None, [], {}, "") and k != "collected_at"}
    return [short(part) for part in value] if isinstance(value, list | tuple) else value


def of_stream(body: bytes, seen: Seen) -> dict[str, Any]:
    events = Events().feed(body)
    found = read_events(events, seen)
    return told(found.reading) | {"gone": list(found.gone), "edited": sorted(found.edited)}


def of_thread(body: bytes, seen: Seen) -> dict[str, Any]:
    reading, below = read_context(body, seen)
    return told(reading) | {"below": below}


def of_history(body: bytes, seen: Seen) -> dict[str, Any]:
    edits, unread = read_edits(body, seen)
    return {"edits": [short(msgspec.to_builtins(edit)) for edit in edits], "unread": dict(unread)}


def of_server(body: bytes, seen: Seen) -> dict[str, Any]:
    address = f"https://{seen.server}"
    server = read_server(body, address=address, timeline="public")
    signed_in = read_server(body, address=address, timeline="public", signed_in=True)
    streams = streaming_address(server, address)
    return asdict(server) | {"signed_in": asdict(signed_in.access), "streams": streams}


READERS: dict[str, Callable[[bytes, Seen], Any]] = {
    "history": of_history,
    "profile": lambda body, seen: short(msgspec.to_builtins(read_profile(body, seen))),
    "search": lambda body, seen: told(read_found(body, seen)),
    "server": of_server,
    "stream": of_stream,
    "thread": of_thread,
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.parent.name)
def test_an_answer_gives_what_is_expected(case: Path) -> None:
    """Field by field what stands beside it."""
    envelope = json.loads(case.read_text("utf-8"))
    answer = envelope["response"]
    body = answer["text"] if "text" in answer else json.dumps(answer["json"])
    host = urlsplit(envelope["request"]["url"]).netloc
    seen = Seen(server=host, domain=host, source="source", at=AT)

    found = json.loads(json.dumps(READERS[case.name.split(".")[1]](body.encode(), seen), default=str))

    expected = json.loads((case.parent / "expected.json").read_text("utf-8"))
    assert set(found) == set(expected)
    for name, value in expected.items():
        assert (name, found[name]) == (name, value)


SEEN = Seen(server="a.example", domain="a.example", source="source", at=AT)
RECORDED = json.loads((FIXTURES / "stream_persian" / "input.stream.json").read_text("utf-8"))["response"][
    "text"
]


@given(st.lists(st.integers(1, 4000), max_size=40))
def test_a_stream_may_be_cut_anywhere(lengths: list[int]) -> None:
    """In the middle of a letter, of a line end or of a name: the same events."""
    whole, cut = RECORDED.encode(), Events()
    pieces, start = [], 0
    for length in lengths:
        pieces.append(whole[start : start + length])
        start += length
    pieces.append(whole[start:])

    assert [event for piece in pieces for event in cut.feed(piece)] == Events().feed(whole)


lines = st.sampled_from(
    [
        "event: update",
        "event:update",
        "data: {}",
        "data",
        "data:",
        ":",
        ": beat",
        "id: 1",
        "retry: 5",
        "",
        "x",
    ]
)


@given(st.lists(lines, max_size=30), st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_line_end_gives_the_same_events(written: list[str], end: str) -> None:
    events = Events().feed((end.join(written) + end).encode())

    assert events == Events().feed(("\n".join(written) + "\n").encode())


def test_an_event_without_end_takes_no_more_than_its_share() -> None:
    """One that is too large is left out and counted; what comes after it is heard."""
    events = Events()
    for _ in range(40):
        assert events.feed(b"data: " + b"x" * 65_536 + b"\n") == []
    assert events.feed(b"\nevent: update\ndata: {}\n\n") == [Event("update", "{}")]
    for _ in range(40):
        assert events.feed(b"x" * 65_536) == []
        assert len(events._rest) <= LARGEST + 65_536
    assert events.feed(b"\n\nevent: delete\ndata: 1\n\n") == [Event("delete", "1")]
    assert events.dropped == 2


NAMES = [
    "id", "uri", "content", "created_at", "account", "acct", "visibility", "statuses", "error", "ancestors",
    "descendants", "spoiler_text", "reblog", "noindex", "fields", "edited_at", "configuration", "urls",
    "streaming", "timelines_access", "live_feeds", "version", "domain",
]  # fmt: skip
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just("2026-10-01"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                NAMES
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)  # fmt: skip
READ: dict[str, Callable[[bytes], object]] = {
    "search": lambda body: read_found(body, SEEN, above="5"),
    "found": lambda body: found_id(body, SEEN),
    "status": lambda body: read_status(body, SEEN),
    "context": lambda body: read_context(body, SEEN),
    "history": lambda body: read_edits(body, SEEN),
    "profile": lambda body: read_profile(body, SEEN),
    "server": lambda body: streaming_address(
        read_server(body, address="https://a.example", timeline="public"), "https://a.example"
    ),
}


@pytest.mark.parametrize("read", READ.values(), ids=READ.keys())
@given(value=json_values, cut=st.integers(0, 200) | st.none())
def test_whatever_a_server_says_is_read_or_named(
    read: Callable[[bytes], object], value: Any, cut: int | None
) -> None:
    """Any JSON, whole or cut off: an answer or ``NotUnderstood``, nothing else."""
    body = json.dumps(value).encode()[:cut]
    with suppress(NotUnderstood):
        read(body)


statuses = json_values | st.just({"id": "1", "visibility": "public", "content": "tea"})
told_events = st.builds(
    Event,
    st.sampled_from(["update", "status.update", "delete", "announcement", "message", "", "x" * 90]),
    st.text(max_size=20) | statuses.map(json.dumps),
)


@given(st.lists(told_events, max_size=8), st.binary(max_size=400))
def test_whatever_a_stream_says_is_read_or_named(events: list[Event], noise: bytes) -> None:
    """Every event is a post, something gone, passed over, or named as unreadable; bytes too."""
    found = read_events([*events, *Events().feed(noise)], SEEN)

    assert found.reading.items >= len(found.reading.posts) - found.reading.items
    assert not set(found.gone) & set(found.reading.local_ids)


def wordings(count: int) -> Iterator[dict[str, Any]]:
    for n in range(count):
        yield {"content": f"<p>wording {n}</p>", "created_at": f"2026-10-{n + 1:02d}T00:00:00Z"}


@pytest.mark.parametrize(("told_at_all", "kept"), [(0, 0), (1, 0), (2, 1), (11, 10), (28, MAX_EDITS)])
def test_of_many_wordings_the_newest_ten_before_the_present_one_are_kept(told_at_all: int, kept: int) -> None:
    edits, unread = read_edits(json.dumps(list(wordings(told_at_all))).encode(), SEEN)

    assert [edit.text for edit in edits] == [
        f"wording {n}" for n in range(told_at_all - 1 - kept, told_at_all - 1) if n >= 0
    ]
    assert unread == {}
