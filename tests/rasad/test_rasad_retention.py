"""Retention as it is set in the project file: shown, applied, and carried out by the service."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.edit import change_source, set_value
from rasad.intake import Taker
from store.state import State


@pytest.fixture
def old_posts(home: Any) -> Any:
    """A project with a post of today and one of a year ago."""
    home.run("init", "tea")
    now = datetime.now(UTC)
    rows = [
        {
            "id": f"forum:board.example:{days}", "platform": "forum", "source": "board", "author": "sara",
            "created_at": (now - timedelta(days=days)).isoformat(), "text": f"word{days} #tea",
        }
        for days in (1, 400)
    ]  # fmt: skip
    file = home.folder / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    home.run("import", str(file))
    return home


def test_settings_are_kept_with_their_comments(home: Any) -> None:
    """Set by the program, read by people; a number that cannot be is told."""
    home.run("init", "tea")
    folder = home.project("tea")
    home.run("sources", "add", "http://127.0.0.1/feed.xml", "--name", "news", "--project", "tea")
    file = folder / "project.toml"
    file.write_text(file.read_text().replace("[project]", "[project]  # ours"))

    set_value(folder, "retention.days", 365)
    set_value(folder, "retention.text_days", 90)
    settings = change_source(folder, "news", keep_days=30)

    assert (settings.retention.days, settings.retention.text_days) == (365, 90)
    assert settings.source("news").keep_days == 30
    assert "[project]  # ours" in file.read_text()
    assert home.json("retention", "--project", "tea")[0]["sources"] == {"news": 30}
    file.write_text(file.read_text().replace("days = 365", "days = 0"))
    assert "retention.days" in home.run("retention", code=2).stderr


def test_it_is_shown_and_applied(old_posts: Any) -> None:
    """Nothing goes by looking; without settings all is kept."""
    home = old_posts
    assert "kept for ever" in home.run("retention").stdout
    set_value(home.project("tea"), "retention.days", 365)

    (due,) = home.json("retention")
    assert (due["posts"], due["applied"], due["days"]) == (1, False, 365)
    assert home.json("count", "") == [{"count": 2}]
    assert "Removed: 1 post with 1 row" in home.run("retention", "--apply").stdout
    assert home.json("count", "") == [{"count": 1}]


def test_what_is_past_its_time_is_not_taken_in_again(old_posts: Any) -> None:
    """A source goes on showing what retention has removed; it stays away."""
    home = old_posts
    set_value(home.project("tea"), "retention.days", 365)
    home.run("retention", "--apply")
    home.run("import", str(home.folder / "rows.jsonl"))

    assert home.json("count") == [{"count": 1}]


def test_service_applies_it_once_a_day(old_posts: Any) -> None:
    """When nothing waits; afterwards it takes in as before."""
    home = old_posts
    folder = home.project("tea")
    set_value(folder, "retention.text_days", 30)
    taker = Taker(folder)

    taker.step(threading.Event())
    taker.close()

    assert home.json("count", "word400") == [{"count": 0}]
    assert home.json("count", "word1") == [{"count": 1}]
    assert home.json("count", "#tea") == [{"count": 2}]
    with State(folder / "state.sqlite") as state:
        assert state.note("retention.at") is not None
