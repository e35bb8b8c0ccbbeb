"""Questions that hold a wrong name, or find nothing: what is told, and with which code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def short(number: int, text: str = "post #tea") -> dict[str, Any]:
    return {
        "id": f"forum:board.example:{number}", "platform": "forum", "source": "board",
        "created_at": f"2026-11-2{number % 3}T08:00:00Z", "text": text, "author": "sara",
    }  # fmt: skip


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("--source", "bord"), "Did you mean board?"),
        (("--platform", "mastodn"), "Did you mean mastodon?"),
        (("--lang", "farsi"), "Did you mean fa?"),
        (("tea source:bord",), "Did you mean board?\n  tea source:bord\n      ^"),
        (("-lang:zz", "--project", "tea"), "rasad count -- -lang:zz"),
        (("-tea",), "rasad count -- -tea"),
        (("--since", "1d", "--until", "2d"), "Let --until come after --since."),
        (("--hashtag", "#"), "'#' is no hashtag."),
    ],
)
def test_a_misspelt_name_is_no_silent_zero(arguments: tuple[str, ...], hint: str, home: Any) -> None:
    """The nearest right name or the right form is told, and the code is 2."""
    home.run("init", "tea")
    home.run("import", str(write(home.folder / "posts.jsonl", short(1), short(2))))

    assert hint in home.run("count", *arguments, code=2).stderr


def test_a_name_without_posts_is_known(home: Any) -> None:
    """A language that nobody wrote in, a source that brought nothing in, a platform in capitals."""
    home.run("init", "tea")
    home.run("import", str(write(home.folder / "posts.jsonl", short(1), short(2))))

    assert home.json("count", "--lang", "ckb") == [{"count": 0}]
    assert home.json("count", "--platform", "FORUM") == [{"count": 2}]
    assert home.json("deadletters", "--source", "board") == []
    assert "Did you mean board?" in home.run("deadletters", "--source", "bard", code=2).stderr
    assert home.run("count", "--", "-nothing").stdout == "2\n"


def test_an_empty_table_says_why(home: Any) -> None:
    """No posts at all, none that match, none in the window, none with a hashtag: each is told."""
    home.run("init", "tea")
    told = [home.run("trends").stderr]
    home.run("import", str(write(home.folder / "posts.jsonl", short(1), short(2, text="no tag"))))
    told += [home.run("trends", *more).stderr for more in (("nix",), ("--until", "2026-10-01"))]
    told.append(home.run("trends", '"no tag"', "--since", "2026-11-01").stderr)
    told.append(home.run("influencers", "--since", "2026-11-01").stderr)

    for number, words in enumerate(
        (
            "There are no posts yet.",
            "No post of any time matches.",
            "No post of this window matches;",
            "Posts in this window: 1. None carries a hashtag.",
            "Posts in this window: 2. None passes on",
        )
    ):
        assert words in told[number]


def test_a_young_project_says_what_is_missing(home: Any) -> None:
    """Hashtags that cannot be judged are listed, with what it takes; a project without sources likewise."""
    home.run("init", "tea")
    assert "rasad sources add URL --project tea" in home.run("sources").stderr
    home.run("import", str(write(home.folder / "posts.jsonl", short(1), short(2))))

    told = home.run("trends", "--since", "2026-11-01")

    assert "#tea" in told.stdout
    assert "too little to judge" in told.stdout
    assert "3 days of posts before the window" in told.stderr


def test_sentences_end_before_the_repair(home: Any) -> None:
    """A mistake and what is meant are two sentences."""
    told = home.run("init", "tea", "--time-zone", "Asia/Teheran", code=2).stderr

    assert "is no time zone. Did you mean 'Asia/Tehran'?" in told


def test_a_name_without_its_server_finds_who_wrote(home: Any) -> None:
    """author:sara finds sara@example.org, and author:@sara@example.org her alone."""
    home.run("init", "tea")
    writers = ("sara@example.org", "Sara@other.example", "reza@example.org")
    rows = [{**short(i), "author": name} for i, name in enumerate(writers)]
    home.run("import", str(write(home.folder / "posts.jsonl", *rows)))

    asked = ("author:sara", "author:@sara", "author:@sara@example.org", "author:sar")
    assert [home.json("count", query)[0]["count"] for query in asked] == [2, 2, 1, 0]
