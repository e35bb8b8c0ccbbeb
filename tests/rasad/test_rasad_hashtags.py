"""The verb that chooses hashtags: one a line with its numbers, a table, and what was never seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from posts.post import Author, Metrics, Post, encode

NOW = datetime.now(UTC).replace(microsecond=0)


def post(number: int) -> Post:
    """Forty people write twice; ten of them of sailing."""
    who = number % 40
    return Post(
        id=f"mastodon:tea.example:{number}", platform="mastodon", kind="text", source="tea",
        created_at=NOW - timedelta(hours=number + 1), collected_at=NOW,
        author=Author(key=f"mastodon:tea.example:p{who}", handle=f"p{who}@tea.example", followers=10),
        text="at the harbour #sailing" if who < 10 else "today the bread was fresh #bread",
        metrics=Metrics(likes=3),
    )  # fmt: skip


@pytest.fixture
def filled(tea: Any, tmp_path: Path) -> Any:
    """The project `tea` with eighty posts of four days."""
    file = tmp_path / "posts.jsonl"
    file.write_bytes(b"".join(encode(post(number)) + b"\n" for number in range(80)))
    tea.run("import", str(file), "--project", "tea")
    return tea


def test_hashtags_are_told(filled: Any) -> None:
    """By word, draft and audience the same tag, with its numbers; and a table in words."""
    (word,) = filled.json("hashtags", "harbour", "--project", "tea")
    (draft,) = filled.json("hashtags", "--draft", "A day at the harbour", "--project", "tea")
    (people,) = filled.json("hashtags", "--audience", "harbour", "--project", "tea")
    table = filled.run("hashtags", "harbour", "--project", "tea", "--since", "7d")

    assert (word["hashtag"], word["why"], draft["why"], people["why"]) == (
        "sailing", "said with", "like the draft", "audience",
    )  # fmt: skip
    assert (word["posts"], word["authors"], word["reach"], word["impressions"]) == (20, 10, 100, 200)
    assert (word["lift"], word["verdict"], word["confidence"]) == (None, "great now", "red")
    assert word["weekly_authors"] == [10]
    assert all(reason["met"] for reason in word["reasons"])
    assert "#sailing" in table.stdout
    assert "great now (small sample)" in table.stdout
    assert "cannot tell" in table.stdout


def test_unknown_and_missing_seeds(filled: Any) -> None:
    """A hashtag that nobody uses has its nearest; nothing asked for is wrong use."""
    missing = filled.run("hashtags", "#sailin", "--project", "tea")

    assert "never seen here" in missing.stderr
    assert "#sailing" in missing.stderr
    assert filled.json("hashtags", "#sailin", "--project", "tea") == []
    filled.run("hashtags", "--project", "tea", code=2)
    filled.run("hashtags", "--audience", "(", "--project", "tea", code=2)
