"""The verbs that hand a dossier on, count it again, and set hashtags beside each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from posts.post import Author, Metrics, Post, encode

NOW = datetime.now(UTC).replace(microsecond=0)


def post(number: int, **parts: Any) -> Post:
    """One an hour; every third of cups too, by ten people in turn."""
    values: dict[str, Any] = {
        "id": f"mastodon:tea.example:{number}", "platform": "mastodon", "kind": "text", "source": "tea",
        "created_at": NOW - timedelta(hours=number + 1), "collected_at": NOW - timedelta(minutes=1),
        "author": Author(key=f"mastodon:tea.example:p{number % 10}", handle=f"p{number % 10}@tea.example"),
        "text": f"number {number} #tea" + (" #cup" if number % 3 == 0 else ""),
        "metrics": Metrics(likes=number),
    }  # fmt: skip
    return Post(**(values | parts))


@pytest.fixture
def told(tea: Any, tmp_path: Path) -> Any:
    """The project `tea` with forty posts."""
    bring(tea, tmp_path, *map(post, range(40)))
    return tea


def bring(tea: Any, folder: Path, *posts: Post) -> None:
    file = folder / "posts.jsonl"
    file.write_bytes(b"".join(encode(each) + b"\n" for each in posts))
    tea.run("import", str(file), "--project", "tea")


def test_a_dossier_is_made_verified_and_its_change_is_named(told: Any, tmp_path: Path) -> None:
    """Same: 0. One post with more likes: 1 and its name. No dossier: 2."""
    file, again = tmp_path / "a.html", tmp_path / "b.html"
    until = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
    for each in (file, again):
        (row,) = told.json(
            "report", "hashtags", "#Tea", "cup", "--until", until, "--out", str(each), "-p", "tea"
        )
        assert (row["posts"], row["tags"][0]["posts"], row["tags"][1]["posts"]) == (40, 40, 14)
    assert file.read_bytes() == again.read_bytes()
    assert "Same" in told.run("verify", str(file), "-p", "tea").stdout

    bring(told, tmp_path, post(5, metrics=Metrics(likes=500), collected_at=NOW))
    said = told.run("verify", str(file), "-p", "tea", code=1).stdout
    assert "mastodon:tea.example:5" in said
    assert "5 → 500" in said
    (row,) = told.json("verify", str(file), "-p", "tea", code=1)
    assert [each["id"] for each in row["changed"]] == ["mastodon:tea.example:5"]
    assert (row["same"], row["data_whole"], row["page_whole"], row["new"]) == (False, True, True, [])

    again.write_bytes(file.read_bytes()[:9_000])
    assert told.run("verify", str(again), "-p", "tea", code=2).stdout == ""
    told.run("verify", str(tmp_path / "none.html"), "-p", "tea", code=2)


def test_two_dossiers_tell_what_changed(told: Any, tmp_path: Path) -> None:
    """As a page and as JSON; posts of separate windows are not listed as new."""
    old, new, out = tmp_path / "old.html", tmp_path / "new.html", tmp_path / "changes.html"
    middle = (NOW - timedelta(hours=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    window = ("--since", "3d", "--until", middle), ("--since", middle)
    for file, options in zip((old, new), window, strict=True):
        told.run("report", "hashtags", "tea", *options, "--out", str(file), "--language", "fa", "-p", "tea")
    said = told.run("report", "changes", str(old), str(new), "--out", str(out), "-p", "tea")
    (row,) = told.json("report", "changes", str(old), str(new), "-p", "tea")

    assert "#tea posts" in said.stdout
    assert b"<script" not in out.read_bytes()
    assert {(n["number"], n["before"], n["after"]) for n in row["numbers"]} >= {("posts", 10, 30)}
    assert next(n["chance"] for n in row["numbers"] if n["number"] == "posts") < 0.01
    told.run("report", "changes", str(old), str(out), "-p", "tea", code=2)


def test_hashtags_are_compared(told: Any) -> None:
    """A row each, with who is in both; one alone is wrong use."""
    tea, cup = told.json("compare", "tea", "#cup", "-p", "tea")

    assert (tea["posts"], cup["posts"], cup["authors"]) == (40, 14, 10)
    assert cup["with"] == [{"side": "#tea", "people": 10, "posts": 14}]
    assert max(bar["index"] for bar in tea["series"]) == 100
    assert "cup OR nothing" in told.run("compare", "tea", "cup OR nothing", "-p", "tea").stdout
    told.run("compare", "tea", "-p", "tea", code=2)
