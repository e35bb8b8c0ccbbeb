"""The verb that tells bursts and slow changes: those that are planted in the demo, and why there is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.demo import stories
from posts.post import Author, Post, encode

HOUR = timedelta(hours=1)


def told(demo: Any, tag: str, *more: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Bursts and slow changes of a hashtag."""
    rows = demo.json("bursts", "--hashtag", tag, *more)
    return [row for row in rows if row["kind"] == "burst"], [row for row in rows if row["kind"] != "burst"]


def ago(demo: Any, moment: str) -> timedelta:
    """How long before the demo was made: what is planted hangs on that, however late a test comes."""
    made_at: datetime = demo.made_at
    return made_at - datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("tag", "hours", "delay"),
    [
        pytest.param(stories.RECALL, stories.CRISIS_HOURS, 3, id="the crisis"),
        pytest.param(stories.DISCOUNT, 74, 1, id="twelve accounts at once"),
        pytest.param(stories.HIJACKED, 96, 2, id="a rival's hashtag taken over"),
        pytest.param(stories.RAIN, 14, 4, id="what rises today"),
    ],
)
def test_planted_bursts_are_found(demo: Any, tag: str, hours: int, delay: int) -> None:
    """One episode each, that begins within hours of the truth, by many people."""
    (burst,), _ = told(demo, tag)

    assert -1 <= hours - ago(demo, burst["since"]) / HOUR <= delay + 1
    assert burst["posts"] >= burst["authors"] >= 12
    assert burst["score"] >= 1
    assert burst["peak"] <= burst["posts"]


def test_what_meets_every_week_is_none(demo: Any) -> None:
    """The gathering met today at its hour."""
    assert told(demo, stories.WEEKLY) == ([], [])


def test_slow_changes_of_the_demo_are_found(demo: Any) -> None:
    """The hashtag that grows over the month climbs; the campaign climbed and fell when it was over."""
    assert [row["kind"] for row in told(demo, stories.SLOW)[1]] == ["climb"]
    up, down = told(demo, stories.CAMPAIGN, "--since", "20d")[1]

    assert (up["kind"], down["kind"]) == ("climb", "drop")
    assert abs(ago(demo, up["since"]) - timedelta(days=14)) < timedelta(days=2)
    assert abs(ago(demo, down["since"]) - timedelta(days=8)) < timedelta(days=2)
    assert up["after"] > 20 > down["after"]


def test_bursts_are_drawn_for_people(demo: Any) -> None:
    """A table of the bursts and a sentence for each change, in the project's language."""
    crisis = demo.run("bursts", "--hashtag", stories.RECALL).stdout
    climb = demo.run("bursts", "--hashtag", stories.SLOW).stdout

    assert len([line for line in crisis.splitlines() if line.strip()]) == 3
    assert len(climb.splitlines()) == 1
    assert "/" not in climb


def test_why_there_is_none_is_told(tea: Any, tmp_path: Path) -> None:
    """Nothing heard, too short a past, and a quiet week."""
    assert "Too little is known" in tea.run("bursts", "--project", "tea").stderr
    now = datetime.now(UTC).replace(microsecond=0)
    file = tmp_path / "posts.jsonl"

    def bring(number: int, hours: int) -> None:
        post = Post(
            id=f"mastodon:tea.example:{number}", platform="mastodon", kind="text", source="tea",
            created_at=now - hours * HOUR, collected_at=now, text="tea",
            author=Author(key="mastodon:tea.example:p1", handle="p1@tea.example"),
        )  # fmt: skip
        file.write_bytes(encode(post) + b"\n")
        tea.run("import", str(file), "--project", "tea")

    bring(1, 30)
    assert "3 days after" in tea.run("bursts", "--project", "tea").stderr
    bring(2, 300)
    assert "No burst" in tea.run("bursts", "--project", "tea").stderr
    assert tea.json("bursts", "--project", "tea") == []
