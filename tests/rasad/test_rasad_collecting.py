"""What `rasad collect` asks of whom, and what `rasad check` says of sources that fail."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from store.state import State


def add_stream(tea: Any) -> None:
    """A stream in the project file, of which nothing is asked."""
    file = tea.project("tea") / "project.toml"
    stream = '[[sources]]\nname = "live"\nplatform = "bluesky"\ntimeline = "stream"\nevery = "15m"\n'
    file.write_text(file.read_text().replace("# end\n", f"{stream}\n# end\n"))


def test_paused_source_that_is_named_is_collected_and_said_to_be_paused(tea: Any, feed: Any) -> None:
    """Who names it wants it; it stays paused."""
    tea.run("sources", "add", feed.url, "--name", "news")
    tea.run("sources", "pause", "news")
    done = tea.run("collect", "news", "--json")

    assert json.loads(done.stdout)["got"] == 3
    assert "news is paused; it is collected this once" in done.stderr
    assert tea.json("sources")[0]["state"] == "paused"


def test_collect_without_a_name_leaves_streams_out(tea: Any, feed: Any) -> None:
    """A stream would keep the command until it is due again; a sentence says what to do instead."""
    add_stream(tea)
    alone = tea.run("collect", "--json")
    tea.run("sources", "add", feed.url, "--name", "news")
    both = tea.run("collect", "--json")

    assert alone.stdout == ""
    assert "nothing to collect" not in alone.stderr
    assert "live is a stream: it is listened to while Rasad runs; `rasad collect live`" in both.stderr
    assert [json.loads(line)["source"] for line in both.stdout.splitlines()] == ["news"]


@pytest.mark.parametrize(("minutes", "state"), [(14, "ok"), (17, "error")])
def test_a_stream_that_is_listened_to_is_not_taken_for_interrupted(
    tea: Any, minutes: int, state: str
) -> None:
    """Its run lasts until it is due again, much longer than any other."""
    add_stream(tea)
    with State(tea.project("tea") / "state.sqlite") as opened:
        at = datetime.now(UTC) - timedelta(minutes=minutes)
        opened.begin_run("run", job="live", due_at=at, started_at=at)
    (row,) = tea.json("sources")

    assert row["state"] == state


def fails(tea: Any, source: str, outcome: str, reason: str) -> None:
    """A run of the source that ended so."""
    at = datetime.now(UTC)
    with State(tea.project("tea") / "state.sqlite") as state:
        state.begin_run(f"run-{source}", job=source, due_at=at, started_at=at)
        state.end_run(f"run-{source}", ended_at=at, outcome=outcome, reason=reason)


def test_check_warns_of_sources_that_fail(tea: Any) -> None:
    """One line for all, and one for each with its reason; good and paused ones are not named."""
    for name in ("away", "closed", "good", "resting"):
        tea.run("sources", "add", f"https://{name}.example/feed.xml", "--name", name)
    before = [row for row in tea.json("check") if row["subject"].startswith("tea: source")]
    fails(tea, "away", "error", "away.example is not a name that is found")
    fails(tea, "closed", "refused", "closed.example answers 403")
    fails(tea, "good", "ok", "")
    fails(tea, "resting", "error", "gone")
    tea.run("sources", "pause", "resting")
    rows = [(r["subject"], r["level"], r["text"]) for r in tea.json("check")]

    assert before == []
    assert [row for row in rows if row[0].startswith("tea: source")] == [
        ("tea: sources", "warn", "2 of 3 sources fail or are silent: away, closed"),
        ("tea: source away", "warn", "error: away.example is not a name that is found"),
        ("tea: source closed", "warn", "refused: closed.example answers 403"),
    ]
