"""The ways out of the dead letters, as a person takes them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from store.state import State


@pytest.fixture
def letters(tea: Any, tmp_path: Path) -> Any:
    """The project `tea` with a good post, one without a zone, a broken line, and a place in a feed."""
    rows = [
        {"id": f"forum:b.example:{n}", "platform": "forum", "created_at": at, "text": f"{word} #tea"}
        for n, at, word in ((1, "2026-11-20T08:00:00Z", "one"), (2, "1970-01-21T08:00:00Z", "two"))
    ]
    file = tmp_path / "posts.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows) + '{"id": "forum:b.example:3"\n')
    tea.run("import", str(file))
    with State(tea.project("tea") / "state.sqlite") as state:
        state.bury("news", "entry 3", "no whole date", at=datetime.now(UTC))
    return tea


def numbers(home: Any) -> dict[str, int]:
    return {row["subject"]: row["number"] for row in home.json("deadletters")}


def test_letters_are_explained(letters: Any) -> None:
    """What each was, why it was refused, what can be done, and its payload."""
    by_subject = numbers(letters)
    (dated,) = letters.json("deadletters", "explain", str(by_subject["posts.jsonl:2"]))
    shown = letters.run("deadletters", "explain", str(by_subject["posts.jsonl:3"])).stdout
    place = letters.run("deadletters", "explain", str(by_subject["entry 3"])).stdout

    assert "1970" in dated["reason"]
    assert "rasad deadletters mend N --set" in dated["remedy"]
    assert json.loads(dated["payload"])["text"] == "two #tea"
    assert dated["can_retry"] is False
    assert "no JSON" in shown
    assert '{"id": "forum:b.example:3"' in shown
    assert "next collection" in place
    assert "There is no dead letter 99" in letters.run("deadletters", "explain", "99", code=2).stderr


def test_a_letter_is_mended_by_a_value_or_in_an_editor(letters: Any, tmp_path: Path) -> None:
    """A value that is still wrong changes nothing; a right one takes the post in, and its letter is gone."""
    dated, broken = str(numbers(letters)["posts.jsonl:2"]), str(numbers(letters)["posts.jsonl:3"])
    wrong = letters.run("deadletters", "mend", dated, "--set", "created_at=1405-08-10", code=1).stderr
    unchanged = letters.json("deadletters", "explain", dated)[0]["payload"]
    right = letters.json("deadletters", "mend", dated, "--set", "created_at=2026-11-21T08:00:00Z")
    editor = tmp_path / "editor"
    whole = {
        "id": "forum:b.example:3",
        "platform": "forum",
        "created_at": "2026-11-22T08:00:00Z",
        "text": "#tea",
    }
    editor.write_text(f"#!/bin/sh\ncat > \"$1\" <<'END'\n{json.dumps(whole)}\nEND\n")
    editor.chmod(0o755)
    letters.run("deadletters", "mend", broken, "--edit", more={"EDITOR": str(editor), "VISUAL": ""})

    assert "left as it was" in wrong
    assert "1970" in unchanged
    assert right == [{"number": int(dated), "state": "taken", "reason": ""}]
    assert set(numbers(letters)) == {"entry 3"}
    assert letters.json("count", "#tea") == [{"count": 3}]
    assert "--edit" in letters.run("deadletters", "mend", str(numbers(letters)["entry 3"]), code=2).stderr


def test_letters_are_tried_again_and_dropped(letters: Any) -> None:
    """What is still no post stays with its reason; by reason, by number, or all; what is dropped is gone."""
    place = str(numbers(letters)["entry 3"])
    refused = letters.run("deadletters", "retry", "--reason", "1970", code=1)
    every = letters.json("deadletters", "retry", "--all", code=1)

    assert "1970" in refused.stdout
    assert {row["state"] for row in every} == {"refused"}
    assert len(every) == len(numbers(letters)) == 3
    assert "--all" in letters.run("deadletters", "retry", code=2).stderr
    assert letters.run("deadletters", "drop", place).stderr.strip() == "1 dead letter dropped."
    assert "entry 3" not in numbers(letters)
    assert "no dead letter" in letters.run("deadletters", "drop", place, code=2).stderr


def test_a_letter_is_mended_while_the_service_runs(letters: Any, serve: Any) -> None:
    """The service is the writer: the command waits for it, and the post is there once."""
    (letters.folder / ".started").touch()
    serve(letters, "--no-dashboard")
    dated = str(numbers(letters)["posts.jsonl:2"])
    done = letters.json("deadletters", "mend", dated, "--set", "created_at=2026-11-21T08:00:00Z")

    assert done[0]["state"] == "taken"
    assert letters.json("count", "two") == [{"count": 1}]
