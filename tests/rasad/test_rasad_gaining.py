"""The verbs that tell what gains: posts, hashtags, accounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from posts.post import Author, Metrics, Post, encode

NOW = datetime.now(UTC).replace(microsecond=0)


def look(number: int, hours_ago: int, likes: int, followers: int) -> Post:
    """A post of one of two people, as it was so many hours ago."""
    name = "sara" if number % 2 else "omid"
    return Post(
        id=f"mastodon:tea.example:{number}", platform="mastodon", kind="text", source="tea",
        created_at=NOW - timedelta(days=3), collected_at=NOW - timedelta(hours=hours_ago),
        author=Author(key=f"mastodon:tea.example:{name}", handle=f"{name}@tea.example", followers=followers),
        text=f"post {number} #tea", metrics=Metrics(likes=likes),
    )  # fmt: skip


@pytest.fixture
def gained(tea: Any, tmp_path: Path) -> Any:
    """The project `tea` with two looks at three posts."""
    looks = [
        [look(1, 30, 5, 100), look(2, 29, 7, 50), look(3, 28, 1, 100)],
        [look(1, 3, 25, 130), look(2, 2, 8, 50)],
    ]
    for place, posts in enumerate(looks):
        file = tmp_path / f"look{place}.jsonl"
        file.write_bytes(b"".join(encode(replace(post, text=post.text)) + b"\n" for post in posts))
        tea.run("import", str(file), "--project", "tea")
    return tea


def test_movers_are_told(gained: Any) -> None:
    """The posts and the hashtags that gained in the last day, and what else was asked for."""
    rows = gained.json("movers", "--project", "tea")
    (tag,) = gained.json("movers", "--hashtags", "--project", "tea")
    table = gained.run("movers", "post", "--project", "tea")

    assert [(row["id"], row["gained"], row["gained_likes"], row["author"]) for row in rows] == [
        ("mastodon:tea.example:1", 20, 20, "sara@tea.example"),
        ("mastodon:tea.example:2", 1, 1, "omid@tea.example"),
    ]
    assert tag == {"hashtag": "tea", "key": "tea", "gained": 21, "posts": 2}
    assert "post 1 #tea" in table.stdout
    assert "Likes" in table.stderr
    assert gained.json("movers", "--by", "views", "--project", "tea") == []
    assert "two looks" in gained.run("movers", "--by", "views", "--project", "tea").stderr


def test_growth_of_accounts_is_told(gained: Any) -> None:
    """Followers, what was gained, and the snapshots behind it."""
    sara, omid = gained.json("accounts", "--project", "tea")

    assert (sara["author"], sara["followers"], sara["gained"], sara["rate"]) == (
        "sara@tea.example",
        130,
        30,
        0.3,
    )
    assert [sight["followers"] for sight in sara["snapshots"]] == [100, 130]
    assert (omid["gained"], omid["posts"]) == (0, 1)
    assert "130" in gained.run("accounts", "--project", "tea").stdout
    assert gained.json("accounts", "nothing", "--project", "tea") == []
