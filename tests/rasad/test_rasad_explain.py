"""A query on the command line: what it means, and its mistakes in the language of the project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def filled(home: Any) -> Any:
    """A project of four posts."""
    home.run("init", "tea")
    texts = (
        "کتاب‌ها خوب است",
        "کتاب ها را ببین",
        "green tea",
        "black tea",
    )  # the books are good, see the books
    rows = [
        {"id": f"forum:board.example:{number}", "platform": "forum", "source": "board", "text": text,
         "created_at": f"2026-11-2{number}T08:00:00Z", "author": "sara"}
        for number, text in enumerate(texts)
    ]  # fmt: skip
    file = home.folder / "posts.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    home.run("import", str(file))
    return home


def _speak(home: Any, language: str) -> None:
    """Let the project speak another language."""
    file = next(Path(home.folder).rglob("project.toml"))
    written = file.read_text("utf-8")
    file.write_text(written.replace('language = "en"', f'language = "{language}"'), "utf-8")


def test_explain_says_a_query_in_words(filled: Any) -> None:
    """The sentence, what is searched beside what was typed, and the count; no posts."""
    said = filled.run("search", "--explain", "کتابها -green").stdout

    assert said.splitlines() == [
        "Posts that contain “کتابها” and do not contain “green”.",
        "  “کتابها”: also “کتاب ها” (with its ending or beginning also apart or joined)",
        "2 posts",
    ]


def test_explain_is_read_by_programs(filled: Any) -> None:
    """One object, with the reason of each spelling."""
    assert filled.json("search", "--explain", "=کتابها OR tea") == [
        {"query": "=کتابها OR tea", "says": "Posts that contain “کتابها” (so spelt) or contain “tea”.",
         "expansions": [], "count": 3}
    ]  # fmt: skip
    (row,) = filled.json("search", "--explain", "کتابها")
    assert row["expansions"] == [{"word": "کتابها", "alternatives": ["کتاب ها"], "reason": "affix"}]


def test_mistakes_are_told_with_place_and_repair(filled: Any) -> None:
    """In English."""
    told = filled.run("count", 'tea "green', code=2).stderr

    assert told.splitlines() == [
        'This quotation is never closed. Close it with `"`.',
        '  tea "green',
        "      ^",
        '  Perhaps: tea "green"',
    ]


def test_mistakes_are_told_in_the_language_of_the_project(filled: Any) -> None:
    """In Persian, also those that only the store's names tell."""
    _speak(filled, "fa")
    told = filled.run("count", "lan:fa", code=2).stderr
    name = filled.run("count", "tea source:bord", code=2).stderr

    assert told.startswith("فیلدی به نام `lan` نیست. آیا `lang:` را می‌خواستید؟")
    assert told.splitlines()[-1] == "  شاید: lang:fa"
    assert name.splitlines() == [
        "اینجا منبعی به نام «bord» نیست. آیا board را می‌خواستید؟",
        "  tea source:bord",
        "      ^",
        "  شاید: tea source:board",
    ]
