"""Recorded and made answers of Bluesky, each beside what is to be read in it, field by field."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crawlers.pages.bluesky import (
    read_account,
    read_accounts,
    read_error,
    read_feed,
    read_posts,
    read_thread,
    refs,
)
from crawlers.pages.bluesky_people import Seen
from crawlers.pages.fields import Notes, Unreadable
from crawlers.pages.jetstream import read_frame
from tests.crawlers.test_crawlers_cases import same, told

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "bluesky"
SEEN = Seen(source="source", at=datetime(2026, 12, 1, tzinfo=UTC))
CASES = sorted(path.parent for path in FIXTURES.glob("*/expected.json"))


def read(case: Path) -> dict[str, Any]:
    """A case as it stands in ``expected.json``: only what is set."""
    stream = case / "input.jsonl"
    if stream.exists():
        return {"frames": [frame(line) for line in stream.read_text("utf-8").splitlines()]}
    envelope = json.loads((case / "input.json").read_text("utf-8"))
    response = envelope["response"]
    body = json.dumps(response["json"]).encode()
    method = envelope["request"]["url"].partition("/xrpc/")[2].partition("?")[0].rpartition(".")[2]
    if response["status"] >= 400:
        return {"error": list(read_error(body))}
    if method == "getProfile":
        profile, person, notes = read_account(body, SEEN)
        return {**plain(profile), "opted_out": person.opted_out, "unread": dict(notes.unread)}
    if method == "getProfiles":
        people, notes = read_accounts(body, SEEN)
        return {
            "people": {did: [p.author.handle, p.author.followers, p.opted_out] for did, p in people.items()},
            "unread": dict(notes.unread), "remarks": sorted(notes.remarks),
        }  # fmt: skip
    if method == "getPostThread":
        thread = read_thread(body, SEEN)
        rest = {"root": thread.root, "post": thread.post, "cut": list(thread.cut)}
        return {**shown(thread.reading), **rest}
    listed = (read_feed if method == "getAuthorFeed" else read_posts)(body, SEEN)
    order = [[item.uri, item.at and item.at.isoformat()] for item in listed.items]
    return {**shown(listed.reading), "cursor": listed.cursor, "order": order}


def shown(reading: Any) -> dict[str, Any]:
    posts = [
        {name: value for name, value in plain(post).items() if value != "2026-12-01T00:00:00Z"}
        for post in reading.posts
    ]
    return {**told(reading), "posts": posts}


def frame(line: str) -> dict[str, Any]:
    notes = Notes()
    found = read_frame(line, SEEN, notes)
    if isinstance(found, Unreadable):
        return {"unreadable": found.reason}
    event = {name: value for name, value in plain(found).items() if value != "2026-12-01T00:00:00Z"}
    return {**event, **({"unread": dict(notes.unread)} if notes.unread else {})}


def plain(value: Any) -> Any:
    """What is set of a record; the source and when it was collected are the same everywhere."""
    return tidy(json.loads(msgspec.json.encode(value)))


def tidy(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: tidy(part) for key, part in value.items() if key not in ("collected_at", "source")}
        return {key: part for key, part in kept.items() if part not in (None, [], {}, "", False)}
    return [tidy(part) for part in value] if isinstance(value, list) else value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_answers_give_what_stands_beside_them(case: Path) -> None:
    """Posts, people, events and errors."""
    actual, expected = read(case), json.loads((case / "expected.json").read_text("utf-8"))

    if isinstance(expected.get("posts"), list):
        assert len(actual["posts"]) == len(expected["posts"])
        same(actual, expected)
    assert actual == expected


def test_no_recorded_answer_leaves_a_field_unread() -> None:
    """Whatever the network's own AppView writes is read or named as of no use."""
    unread: set[str] = set()
    for case in CASES:
        path = case / "input.json"
        if path.exists() and "made" not in json.loads(path.read_text("utf-8")):
            unread |= set(read(case).get("unread", {}))

    assert unread == set()


def test_only_what_can_be_asked_for_again_has_an_address_for_it() -> None:
    """Posts are asked for by their address, a repost is not."""
    body = json.dumps(json.loads((FIXTURES / "feed" / "input.json").read_text("utf-8"))["response"]["json"])
    posts = read_feed(body.encode(), SEEN).reading.posts

    found = refs(posts)

    assert {post.id for post in posts} - found.keys() == {p.id for p in posts if p.repost_of}
    assert all(uri == f"at://{key.removeprefix('bluesky:bsky.app:')}" for key, uri in found.items())
