"""The verb that tells the words of posts: one phrase a line, and why there is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from posts.post import Author, Post, encode

NOW = datetime.now(UTC).replace(microsecond=0)


def post(number: int) -> Post:
    """Every fourth is of the kettle; twenty people write in turn."""
    said = "my new kettle leaks badly" if number % 4 == 0 else "today the bread was fresh again"
    return Post(
        id=f"mastodon:tea.example:{number}", platform="mastodon", kind="text", source="tea",
        created_at=NOW - timedelta(hours=number), collected_at=NOW,
        author=Author(key=f"mastodon:tea.example:p{number % 20}", handle=f"p{number % 20}@tea.example"),
        text=f"{said} #tea",
    )  # fmt: skip


@pytest.fixture
def told(tea: Any, tmp_path: Path) -> Any:
    """The project `tea` with eighty posts of four days."""
    file = tmp_path / "posts.jsonl"
    file.write_bytes(b"".join(encode(post(number)) + b"\n" for number in range(80)))
    tea.run("import", str(file), "--project", "tea")
    return tea


def test_words_are_told(told: Any) -> None:
    """Each as it is written, with what it is counted from and the query that finds its posts."""
    (row,) = told.json("words", "kettle", "--project", "tea")
    counted = told.json("count", row["query"], "--since", "7d", "--project", "tea")

    assert row == {
        "phrase": "new kettle leaks badly", "words": ["new", "kettle", "leaks", "badly"], "language": "en",
        "posts": 20, "authors": 5, "others": 0, "share": 1.0, "rest_share": 0.0,
        "ratio": row["ratio"], "score": row["score"], "false_rate": row["false_rate"],
        "forms": [], "parts": row["parts"], "beside": [], "query": 'kettle "new kettle leaks badly"',
    }  # fmt: skip
    assert counted == [{"count": 20}]
    assert row["ratio"] > 1
    assert row["score"] > 0
    assert 0 < row["false_rate"] <= 0.05
    table = told.run("words", "kettle", "--project", "tea")
    assert "new kettle leaks badly" in table.stdout
    assert "20 posts by 5 authors" in table.stderr
    assert "60 posts by 15 authors" in table.stderr


def test_why_there_are_none_is_told(told: Any) -> None:
    """All posts have no rest, a strange word no posts, an audience perhaps nothing beside its topic."""
    assert told.json("words", "--project", "tea") == []
    assert "nothing to compare with" in told.run("words", "--project", "tea").stderr
    assert "Too little" in told.run("words", "nowhere", "--project", "tea").stderr
    assert told.json("words", "kettle", "--audience", "--project", "tea") == []
    assert told.run("words", "(tea", "--project", "tea", code=2).stdout == ""


def test_words_of_the_demos_stories(demo: Any) -> None:
    """What was planted is found: batch and money of the recall, the jokes of the hijacked campaign."""

    def told(*arguments: str) -> str:
        rows = demo.json("words", *arguments)
        assert rows
        assert all(row["rest_share"] < row["share"] for row in rows)
        return " ".join(phrase for row in rows for phrase in (row["phrase"], *row["parts"], *row["beside"]))

    recall = told("--hashtag", "فراخوان_رستا", "--size", "30")  # recall of Rasta
    hijacked = told("--hashtag", "با_گلبرگ", "--since", "30d", "--lang", "fa")  # with Golbarg

    # batch R7, money, the notice, a piece of plastic
    assert [word for word in ("R۷", "پول", "اطلاعیه", "پلاستیک") if word not in recall] == []
    # a label, the farmers' answer, waiting for a parcel, thrown away
    assert [word for word in ("برچسب", "کشاورزها", "منتظر", "ریختم") if word not in hijacked] == []
