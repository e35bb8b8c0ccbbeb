"""Whatever Bluesky and its stream may send: posts, or a name for what is wrong, and nothing else raised."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.pages.bluesky import read_account, read_accounts, read_error, read_feed, read_posts, read_thread
from crawlers.pages.bluesky_embeds import id_of, uri_of
from crawlers.pages.bluesky_people import Seen
from crawlers.pages.bluesky_record import read_record
from crawlers.pages.fields import Notes, Reading, Unreadable
from crawlers.pages.jetstream import Event, microseconds, moment_of, read_frame, written_at
from posts.errors import NotUnderstood
from posts.post import decode, encode

SEEN = Seen(source="source", at=datetime(2026, 12, 1, tzinfo=UTC))
FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "bluesky"


def recorded(case: str) -> Any:
    return json.loads((FIXTURES / case / "input.json").read_text("utf-8"))["response"]["json"]


FEED = recorded("feed")
ITEM = FEED["feed"][0]
POSTS = recorded("embeds")["posts"]
THREAD = recorded("thread_with_holes")
FRAMES = (FIXTURES / "jetstream" / "input.jsonl").read_text("utf-8").splitlines()
COMMIT = json.loads(FRAMES[1])

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=6,
)


def damaged(value: Any) -> st.SearchStrategy[Any]:
    """The value with anything in one place of it, at any depth, or with a place taken out."""
    paths = list(_paths(value))

    def put(path: tuple[Any, ...], new: Any, out: bool) -> Any:
        copy = json.loads(json.dumps(value))
        inner = copy
        for step in path[:-1]:
            inner = inner[step]
        if out:
            del inner[path[-1]]
        else:
            inner[path[-1]] = new
        return copy

    return st.builds(put, st.sampled_from(paths), anything, st.booleans())


def _paths(value: Any, above: tuple[Any, ...] = ()) -> Any:
    places = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in places:
        yield (*above, key)
        yield from _paths(part, (*above, key))


def whole(reading: Reading) -> None:
    """Every item is a post or accounted for, and every post can be written and read again."""
    accounted = len(reading.unreadable) + sum(reading.passed_over.values())
    assert len(reading.posts) + accounted >= min(reading.items, 1)
    for post in reading.posts:
        assert decode(encode(post)) == post


def body(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "replace")


@given(damaged({"feed": [ITEM], "cursor": "x"}))
def test_a_feed_with_anything_in_it_is_read_or_named(value: Any) -> None:
    """Any value in any place of a page of a feed."""
    with suppress(NotUnderstood):
        listed = read_feed(body(value), SEEN)
        whole(listed.reading)
        assert {post.id for item in listed.items for post in item.posts} == {
            post.id for post in listed.reading.posts
        }


@given(st.sampled_from(POSTS).flatmap(damaged))
def test_a_post_with_anything_in_it_is_read_or_named(value: Any) -> None:
    """Any value in any place of a post with each kind of embed."""
    whole(read_posts(body({"posts": [value]}), SEEN).reading)


@given(damaged(THREAD))
def test_a_thread_with_anything_in_it_is_read_or_named(value: Any) -> None:
    """Any value in any place of a thread."""
    with suppress(NotUnderstood):
        thread = read_thread(body(value), SEEN)
        whole(thread.reading)
        assert all(isinstance(uri, str) for uri in (*thread.cut, thread.root or ""))


@given(damaged(recorded("profile")), damaged(recorded("accounts")))
def test_accounts_with_anything_in_them_are_read_or_named(one: Any, several: Any) -> None:
    """Any value in any place of a profile, and of several."""
    with suppress(NotUnderstood):
        read_account(body(one), SEEN)
    with suppress(NotUnderstood):
        read_accounts(body(several), SEEN)


@given(anything)
def test_an_answer_may_be_anything(value: Any) -> None:
    """Any JSON for any answer."""
    for read in (read_feed, read_posts, read_thread, read_account, read_accounts):
        with suppress(NotUnderstood):
            read(body(value), SEEN)
    assert len(read_error(body(value))) == 2


@given(st.sampled_from([json.loads(f) for f in FRAMES[:14]]).flatmap(damaged))
def test_a_frame_with_anything_in_it_is_an_event_or_named(value: Any) -> None:
    """Any value in any place of an event."""
    found = read_frame(json.dumps(value), SEEN, Notes())

    assert isinstance(found, Event | Unreadable)
    if isinstance(found, Event) and found.post is not None:
        assert decode(encode(found.post)) == found.post


@given(st.text(max_size=60) | st.binary(max_size=60) | anything.map(json.dumps))
def test_a_frame_may_be_anything(frame: str | bytes) -> None:
    """Texts, bytes and any JSON."""
    assert isinstance(read_frame(frame, SEEN, Notes()), Event | Unreadable)


@given(
    at=st.integers(0, 400), cut=st.integers(0, 40), put=st.text(max_size=10) | st.just('\\ud800"'),
)  # fmt: skip
def test_a_damaged_frame_is_an_event_or_named(at: int, cut: int, put: str) -> None:
    """A frame with a piece taken out and another put in."""
    frame = FRAMES[0]
    assert isinstance(read_frame(frame[:at] + put + frame[at + cut :], SEEN, Notes()), Event | Unreadable)


@given(st.text(max_size=40), st.integers(0, 60), st.integers(0, 60), st.text(max_size=20))
def test_marks_may_lie_anywhere(text: str, start: int, end: int, uri: str) -> None:
    """A mark at any bytes of any text leaves a text that can be kept."""
    features = [
        {"$type": "app.bsky.richtext.facet#link", "uri": f"https://example.test/{uri}"},
        {"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:sara"},
        {"$type": "app.bsky.richtext.facet#tag", "tag": uri},
    ]
    facet = {"index": {"byteStart": start, "byteEnd": end}, "features": features}

    record = read_record({"text": f"{text}…", "facets": [facet]}, Notes())

    assert record.text.encode() is not None


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_a_tag_is_found_by_bytes(before: str, tag: str, after: str) -> None:
    """What stands between two byte offsets is what was marked, whatever letters stand before it."""
    name = f"@{tag}x"
    text = f"{before}{name}{after}"
    start = len(before.encode("utf-8", "surrogatepass"))
    index = {"byteStart": start, "byteEnd": start + len(name.encode("utf-8", "surrogatepass"))}
    feature = {"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:sara"}

    record = read_record({"text": text, "facets": [{"index": index, "features": [feature]}]}, Notes())

    expected = read_record({"text": name, "facets": [
        {"index": {"byteStart": 0, "byteEnd": index["byteEnd"] - start}, "features": [feature]}
    ]}, Notes())  # fmt: skip
    assert record.mentioned == expected.mentioned


def test_a_thread_of_any_depth_is_read_or_named() -> None:
    """A hundred levels are read; thousands are refused by name, not by a crash."""
    post = recorded("search")["posts"][0]

    def nested(levels: int) -> bytes:
        node = json.dumps({"$type": "app.bsky.feed.defs#threadViewPost", "post": post})
        whole = node[:-1] + ', "replies": ['
        return f'{{"thread": {whole * levels}{"]}" * levels}}}'.encode()

    assert read_thread(nested(100), SEEN).reading.items == 100
    with pytest.raises(NotUnderstood):
        read_thread(nested(50_000), SEEN)


@given(st.datetimes(datetime(2022, 1, 1), datetime(2026, 1, 1)))  # noqa: DTZ001 - hypothesis wants them bare
def test_a_key_tells_when_a_record_was_made(made: datetime) -> None:
    """Microseconds in base 32; a key of another form tells nothing."""
    moment = made.replace(tzinfo=UTC)
    number = microseconds(moment) << 10
    letters = "234567abcdefghijklmnopqrstuvwxyz"
    key = "".join(letters[(number >> 5 * place) % 32] for place in reversed(range(13)))

    assert moment_of(microseconds(moment)) == moment
    assert written_at(f"at://did:plc:a/app.bsky.feed.post/{key}", SEEN.at) == moment
    for other in ("self", "zzzzzzzzzzzzz", key.upper() + "!"):
        assert written_at(f"at://did:plc:a/app.bsky.feed.post/{other}", SEEN.at) == SEEN.at


def test_ids_lead_back_to_addresses_of_posts_alone() -> None:
    """A repost cannot be asked for, and another platform's id is none."""
    uri = "at://did:plc:sara/app.bsky.feed.post/3abc"

    assert uri_of(id_of(uri)) == uri
    assert uri_of("bluesky:bsky.app:did:plc:sara/app.bsky.feed.repost/3abc") is None
    assert uri_of("mastodon:bsky.app:did:plc:sara/app.bsky.feed.post/3abc") is None
    assert uri_of("bluesky:p-0123456789abcdef") is None
