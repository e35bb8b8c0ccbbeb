"""Saved queries from the command line: kept, matched, back-filled, shown and taken away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from store.intake import writer_lock

POSTS = {
    "1": ("2026-11-20T08:00:00Z", "چای سبز گران شد"),  # green tea has become dear
    "2": ("2026-11-21T08:00:00Z", "green tea is cheap"),
    "3": ("2026-11-22T08:00:00Z", "coffee and #tea in the morning"),
}
LATER = {
    "4": ("2026-11-23T08:00:00Z", "a cup of tea"),
    "5": ("2026-11-24T08:00:00Z", "coffee and چای"),  # tea
    "6": ("2026-11-25T08:00:00Z", "water"),
}


@pytest.fixture
def tea(home: Any, tmp_path: Path) -> Any:
    """A home whose only project has three posts."""
    home.run("init", "tea")
    bring(home, tmp_path, POSTS)
    return home


def bring(home: Any, folder: Path, posts: dict[str, tuple[str, str]]) -> None:
    """Import posts of these numbers, moments and texts."""
    file = folder / "posts.jsonl"
    lines = [
        {"id": f"x:h:{number}", "platform": "x", "source": "b", "created_at": at, "text": text}
        for number, (at, text) in posts.items()
    ]
    file.write_text("\n".join(json.dumps(line) for line in lines) + "\n")
    home.run("import", str(file))


def matched(home: Any, name: str, *options: str) -> list[tuple[str, str]]:
    return [(row["id"][4:], row["matched_by"]) for row in home.json("queries", "matches", name, *options)]


def test_a_saved_query_matches_what_comes(tea: Any, tmp_path: Path) -> None:
    """Posts of before are no matches, those that come are, the newest first; the list counts them."""
    said = tea.run("queries", "add", "tea talk", "tea OR چای -water")

    bring(tea, tmp_path, LATER)

    assert "“tea talk” is saved" in said.stderr
    assert matched(tea, "tea talk") == [("5", "new"), ("4", "new")]
    assert matched(tea, "tea talk", "--since", "2026-11-24") == [("5", "new")]
    assert matched(tea, "tea talk", "--until", "2026-11-24", "--size", "1") == [("4", "new")]
    shown = tea.run("queries", "matches", "tea talk", "--size", "1")
    assert "coffee and چای" in shown.stdout
    assert "1 of 2 posts" in shown.stderr
    one = tea.run("queries", "matches", "tea talk", "--since", "2026-11-24")
    assert "1 of 1 post\n" in one.stderr


def test_a_back_fill_matches_what_was_there(tea: Any) -> None:
    """Narrowed by an option as any search is."""
    tea.run("queries", "add", "tea", "tea OR چای", "--lang", "en", "--backfill")

    assert matched(tea, "tea") == [("3", "back-fill"), ("2", "back-fill")]
    (row,) = tea.json("queries")
    assert (row["name"], row["query"], row["language"], row["paused"], row["topic"], row["fault"]) == (
        "tea", "tea OR چای", "en", False, False, None,
    )  # fmt: skip


def test_while_the_service_writes_it_is_asked_to(tea: Any, tmp_path: Path) -> None:
    """The query is saved at once; whoever holds the writer's lock is left to fill it."""
    with writer_lock(tea.project("tea")):
        said = tea.run("queries", "add", "tea", "tea", "--backfill")
        before = matched(tea, "tea")
    bring(tea, tmp_path, {"6": LATER["6"]})

    assert "brought up to date by the service" in said.stderr
    assert before == []
    assert matched(tea, "tea") == [("3", "back-fill"), ("2", "back-fill")]


def test_a_query_is_paused_replaced_and_removed(tea: Any, tmp_path: Path) -> None:
    """Paused it matches nothing; in its place another begins anew; removed it is gone with its matches."""
    tea.run("queries", "add", "q", "tea")
    tea.run("queries", "pause", "q")
    bring(tea, tmp_path, {"4": LATER["4"]})
    assert matched(tea, "q") == []
    assert "paused" in tea.run("queries").stdout

    tea.run("queries", "resume", "q")
    bring(tea, tmp_path, {"5": LATER["5"]})
    assert matched(tea, "q") == []

    assert "--replace" in tea.run("queries", "add", "q", "coffee", code=2).stderr
    tea.run("queries", "add", "q", "coffee", "--replace", "--backfill")
    assert matched(tea, "q") == [("5", "back-fill"), ("3", "back-fill")]

    tea.run("queries", "remove", "q")
    assert tea.json("queries") == []
    assert "no saved query 'q'" in tea.run("queries", "matches", "q", code=2).stderr


def test_topics_of_the_project_are_listed_and_matched(tea: Any, tmp_path: Path) -> None:
    """They stand in the settings, and there alone can they be changed."""
    file = tea.project("tea") / "project.toml"
    topic = '[[topics]]\nname = "Hot Tea"\nquery = "tea"\n\n[[topics]]\nname = "Odd"\nquery = "…"\n\n# end\n'
    file.write_text(file.read_text().replace("# end\n", topic))

    bring(tea, tmp_path, LATER)

    assert matched(tea, "Hot Tea") == [("4", "new"), ("3", "back-fill"), ("2", "back-fill")]
    listed = [(row["name"], row["topic"], row["fault"]) for row in tea.json("queries")]
    assert listed == [
        ("Hot Tea", True, None),
        ("Odd", True, "`…` has no letters or digits to search for."),
    ]
    assert "is a topic" in tea.run("queries", "remove", "Hot Tea", code=2).stderr
    assert "is a topic" in tea.run("queries", "add", "Hot Tea", "x", code=2).stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("add", "q", "tea (green"), "\n      ^", id="where a query cannot be read"),
        pytest.param(("add", "q", "lang:xx"), "There is no language 'xx' here", id="a language nobody knows"),
        pytest.param(("add", "q"), "would match every post", id="nothing asked for"),
        pytest.param(("add", "q", "-tea"), "Put -- before a query", id="a minus first"),
        pytest.param(("add", " ", "tea"), "needs a name", id="no name"),
        pytest.param(("remove", "tae"), "no saved query 'tae'. Did you mean 'tea'?", id="remove"),
        pytest.param(("pause", "tae"), "Did you mean 'tea'?", id="pause"),
        pytest.param(("matches", "tae"), "Did you mean 'tea'?", id="matches"),
    ],
)
def test_wrong_use_is_told(tea: Any, arguments: tuple[str, ...], said: str) -> None:
    """With its place or the nearest name, and exit code 2; nothing is saved."""
    tea.run("queries", "add", "tea", "tea")

    assert said in tea.run("queries", *arguments, code=2).stderr
    assert [row["name"] for row in tea.json("queries")] == ["tea"]


def test_without_saved_queries_it_says_how_to_make_one(tea: Any) -> None:
    """Programs get no line."""
    assert "rasad queries add NAME QUERY --project tea" in tea.run("queries").stderr
    assert tea.json("queries") == []
