"""`rasad sources coverage`: what was heard, as rows for programs and as a table for people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from config.load import load
from store import heard
from store.heard import Stretch
from store.state import State

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)


def tell(tea: Any, source: str) -> None:
    """A week of the source that was heard but for three hours, in which two posts are counted as missing."""
    with State(load(tea.project("tea")).state) as state:
        heard.add(
            state,
            [
                Stretch(source=source, what="collected", since=NOW - 168 * HOUR, until=NOW - 30 * HOUR),
                Stretch(source=source, what="collected", since=NOW - 27 * HOUR, until=NOW),
                Stretch(
                    source=source, what="missing", since=NOW - 30 * HOUR, until=NOW - 27 * HOUR, why="stream",
                    run_id="run-1",
                ),
                Stretch(
                    source=source, what="missing", since=NOW - 9 * HOUR, until=NOW - 9 * HOUR, posts=2,
                    why="gap",
                ),
            ],
        )  # fmt: skip


def test_coverage_is_told(tea: Any) -> None:
    """One row a source with its buckets and reasons; of one that nobody heard nothing is claimed."""
    tea.run("sources", "add", "https://town.example", "--name", "town", "--timeline", "public", "-p", "tea")
    tea.run("sources", "add", "https://news.example/rss", "--name", "paper", "-p", "tea")
    tell(tea, "town")
    rows = tea.json("sources", "coverage", "--project", "tea")
    by_name = {row["source"]: row for row in rows}
    town = by_name["town"]

    assert (town["missing"] is None, town["heard"]) == (False, 0.0)  # two are missing, none is there
    assert 2 <= town["missing"] < 3
    assert town["known"] > 0.99
    assert [(each["why"], each["posts"], each["run"]) for each in town["reasons"]] == [
        ("stream", None, "run-1"), ("gap", 2, None),
    ]  # fmt: skip
    assert 7 <= len(town["buckets"]) <= 9
    assert sum(bucket["share"]["silent"] > 0 for bucket in town["buckets"]) >= 7
    assert (by_name["paper"]["heard"], by_name["paper"]["method"], by_name["paper"]["known"]) == (
        None,
        "unknown",
        0,
    )
    assert "paper" in by_name[None]["untold"]

    (one,) = tea.json("sources", "coverage", "town", "--since", "24h", "--project", "tea")
    assert [each["why"] for each in one["reasons"]] == ["gap"]
    assert len(one["buckets"]) == 25


def test_coverage_is_shown_to_people(tea: Any) -> None:
    """A table of sources and one of reasons; a wrong name is answered with the nearest."""
    tea.run("sources", "add", "https://town.example", "--name", "town", "--timeline", "public", "-p", "tea")
    tell(tea, "town")
    shown = tea.run("sources", "coverage", "--project", "tea")
    wrong = tea.run("sources", "coverage", "twon", "--project", "tea", code=2)

    assert shown.code == 0
    assert "The connection was away." in shown.stdout
    assert "Ids were skipped" in shown.stdout
    assert (wrong.code, "town" in wrong.stderr) == (2, True)
