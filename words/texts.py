"""What people read, in English and Persian, found by key.

The texts stand in the ``*.toml`` files of this room. A table that has ``en`` and ``fa`` is a text; the
tables around it make its key::

    [common.state."put off"]
    en = "put off"
    fa = "به بعد افتاده"

``{name}`` in a text is filled by the caller, who has formatted the number or date (``words.digits``,
``words.dates``). ``en_one`` is what English says of a single thing; Persian has one form.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from words.digits import number

Language = Literal["en", "fa"]

LANGUAGES: Final = ("en", "fa")
FOLDER: Final = Path(__file__).parent


def text(key: str, language: str, **values: object) -> str:
    """The text ``key`` in ``language`` with its ``{names}`` filled; ``KeyError`` if one is unknown."""
    template = entries()[key][language]
    return template.format(**values) if "{" in template else template


def counted(key: str, count: int | float, language: str, **values: object) -> str:
    """The text ``key`` about ``count`` things, its ``{n}`` being the count: "1 post", "۲ پست"."""  # 2 posts
    entry = entries()[key]
    form = "en_one" if language == "en" and count == 1 and "en_one" in entry else language
    return entry[form].format(n=number(count, language), **values)


def known(key: str) -> bool:
    """Whether there is a text under this key."""
    return key in entries()


@cache
def entries() -> dict[str, dict[str, str]]:
    """All texts of all files by key, each a mapping from language to text."""
    found: dict[str, dict[str, str]] = {}
    for file in sorted(FOLDER.glob("*.toml")):
        with file.open("rb") as opened:
            _gather(tomllib.load(opened), "", found)
    return found


def _gather(table: dict[str, Any], prefix: str, found: dict[str, dict[str, str]]) -> None:
    for name, value in table.items():
        key = f"{prefix}{name}"
        if not isinstance(value, dict):
            raise ValueError(f"words: {key} is no table with en and fa")
        if "en" in value and not isinstance(value["en"], dict):
            if key in found:
                raise ValueError(f"words: {key} stands in two files")
            found[key] = value
        else:
            _gather(value, f"{key}.", found)
