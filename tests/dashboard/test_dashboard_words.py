"""Every text that the dashboard asks for is there, in both languages, and none is there for nothing."""

from __future__ import annotations

import re
from pathlib import Path

from words import texts

ROOM = Path(__file__).parents[2] / "dashboard"
ASKED = re.compile(r'visit\.text\(\s*f?"([^"]+)"|text\(f?"dashboard\.([^"]+)"')


def asked_for() -> set[str]:
    """The keys in the code, a filled part of one as ``*``."""
    found = set()
    for path in [*ROOM.rglob("*.py"), *ROOM.parent.glob("reports/charts.py")]:
        for one, other in ASKED.findall(path.read_text("utf-8")):
            found.add(re.sub(r"\{[^}]*\}", "*", one or other))
    return found


def test_every_text_that_is_asked_for_is_there() -> None:
    """A key in the code has a text; one with a filled part has some."""
    known = [key.removeprefix("dashboard.") for key in texts.entries() if key.startswith("dashboard.")]
    missing = [
        key
        for key in asked_for()
        if not any(re.fullmatch(re.escape(key).replace(r"\*", r"[^.]+"), name) for name in known)
    ]

    assert missing == []


def test_persian_texts_are_persian() -> None:
    """No Persian text was forgotten in English, and none holds Arabic letters where Persian ones belong."""
    arabic, persian = re.compile("[\u064a\u0643]"), re.compile("[\u0600-\u06ff]")
    texts_fa = {key: entry["fa"] for key, entry in texts.entries().items() if key.startswith("dashboard.")}
    wrong = [key for key, text in texts_fa.items() if arabic.search(text) or not persian.search(text)]

    assert wrong == []
