"""Recorded and made answers, each beside what is to be read in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from crawlers.pages.entries import Feed
from crawlers.pages.feeds import read_feed
from crawlers.pages.fields import Reading
from crawlers.pages.mastodon import read_statuses
from crawlers.pages.mastodon_people import Seen
from posts.post import Post

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
AT = datetime(2026, 11, 1, tzinfo=UTC)
SHOWN = 5
"""Posts of a feed that are compared whole; of the others the ids are."""
RECORDED = sorted(path.parent for path in FIXTURES.glob("mastodon/*/input.json"))
FEEDS = sorted(path.parent for path in FIXTURES.glob("feeds/*/expected.json"))


def statuses(envelope: dict[str, Any], server: str | None = None) -> Reading:
    """What is read in a recorded answer, whichever way it holds its statuses."""
    host = server or urlsplit(envelope["request"]["url"]).netloc
    answer = envelope["response"]["json"]
    if isinstance(answer, dict):
        answer = answer["ancestors"] + answer["descendants"] if "ancestors" in answer else [answer]
    seen = Seen(server=host, domain=host, source="source", at=AT)
    return read_statuses(json.dumps(answer).encode(), seen)


def feed(case: Path) -> Reading:
    path = next(case.glob("input.*"))
    return read_feed(
        path.read_bytes(), Feed(url=f"https://feeds.example/{case.name}", source="source", at=AT)
    )


def told(reading: Reading) -> dict[str, Any]:
    """A reading as it stands in ``expected.json``: only what is set."""
    return {
        "items": reading.items,
        "unreadable": {item.subject: item.reason for item in reading.unreadable},
        "passed_over": dict(sorted(reading.passed_over.items())),
        "unread": dict(sorted(reading.unread.items())),
        "remarks": list(reading.remarks),
        "ids": [post.id for post in reading.posts],
        "posts": [fields(post) for post in reading.posts[:SHOWN]],
    }


def fields(post: Post) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(msgspec.json.encode(post))
    same = {"source": "source", "collected_at": "2026-11-01T00:00:00Z"}
    return {key: value for key, value in _told(plain).items() if same.get(key) != value}


def _told(value: Any) -> Any:
    if isinstance(value, dict):
        told = {key: _told(part) for key, part in value.items()}
        return {key: part for key, part in told.items() if part not in (None, [], {}, "")}
    return [_told(part) for part in value] if isinstance(value, list) else value


def same(actual: dict[str, Any], expected: dict[str, Any]) -> None:
    """Field by field, so that a failure names the post and the field."""
    for post, wanted in zip(actual["posts"], expected["posts"], strict=False):
        for name in wanted.keys() | post.keys():
            assert (name, post.get(name)) == (name, wanted.get(name)), wanted["id"]
    for name in expected.keys() | actual.keys():
        assert (name, actual.get(name)) == (name, expected.get(name))


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: case.name)
def test_statuses_give_the_expected_posts(case: Path) -> None:
    """Each recorded answer of Mastodon's API gives the posts beside it, field by field."""
    envelope = json.loads((case / "input.json").read_text("utf-8"))

    actual = told(statuses(envelope))

    same(actual, json.loads((case / "expected.json").read_text("utf-8")))


@pytest.mark.parametrize("case", FEEDS, ids=lambda case: case.name)
def test_feeds_give_the_expected_posts(case: Path) -> None:
    """Each feed gives the posts beside it, field by field."""
    actual = told(feed(case))

    same(actual, json.loads((case / "expected.json").read_text("utf-8")))


def test_no_recorded_answer_leaves_a_field_unread() -> None:
    """Whatever the platform writes is read or named as of no use."""
    recorded = [json.loads((case / "input.json").read_text("utf-8")) for case in RECORDED]
    unread = {
        name for envelope in recorded if "recorded_from" in envelope for name in statuses(envelope).unread
    }
    unread |= {name for case in FEEDS if "persian" not in case.name for name in feed(case).unread}

    assert unread == set()


def test_no_field_of_what_was_recorded_in_private_is_unread_either() -> None:
    """Posts that are passed over as private or opted out are read as far as public ones, if they were."""
    unread: set[str] = set()
    for case in RECORDED:
        text = (case / "input.json").read_text("utf-8")
        for closed, opened in (("unlisted", "public"), ("private", "public"), ("direct", "public")):
            text = text.replace(f'"visibility": "{closed}"', f'"visibility": "{opened}"')
        for mark in ("discoverable", "indexable"):
            text = text.replace(f'"{mark}": false', f'"{mark}": true')
        text = text.replace('"noindex": true', '"noindex": false')
        envelope = json.loads(text)
        if "recorded_from" in envelope:
            reading = statuses(envelope)
            assert len(reading.posts) >= reading.items, case.name
            unread |= set(reading.unread)

    assert unread == set()


def test_one_post_through_two_servers_is_one_post() -> None:
    """Both servers' views have the same ids and people, and each finds the answered post by its alias."""
    here, there = (
        statuses(json.loads((FIXTURES / "mastodon" / "two_servers" / name).read_text("utf-8")))
        for name in ("here.json", "there.json")
    )

    assert [post.id for post in here.posts] == [post.id for post in there.posts]
    assert [post.author and post.author.key for post in here.posts] == [
        "mastodon:other.example:reza",
        "mastodon:social.example:sara",
    ]
    for view in (here, there):
        reply, parent = view.posts
        assert reply.reply_to in parent.aliases
        assert reply.reply_to_author == "mastodon:social.example:sara"
    assert here.posts[1].aliases != there.posts[1].aliases
