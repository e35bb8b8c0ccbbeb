"""Signs as the platforms read them in any script: tests/nlp/cases/platforms.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from nlp import cashtags, hashtags, links, mentions

TABLE: dict[str, Any] = tomllib.loads(
    (Path(__file__).parent / "cases" / "platforms.toml").read_text(encoding="utf-8")
)
ADDRESS = "http://example.com"


@pytest.mark.parametrize("room", [hashtags, mentions, cashtags, links], ids=lambda room: room.__name__[4:])
def test_signs_are_those_of_the_table(room: Any) -> None:
    """Each text holds exactly the signs that the table says, where it says."""
    wrong = []
    for text, expected in TABLE[room.__name__[4:]]:
        found = room.find(text)
        sign = 0 if room is links else 1
        if [tag.text for tag in found] != expected:
            wrong.append((text, expected, [tag.text for tag in found]))
        assert [text[tag.start + sign : tag.end] for tag in found] == [tag.text for tag in found]

    assert not wrong


def test_tails_belong_to_addresses() -> None:
    """Paths, ports and queries are read to their end, alone and in a sentence."""
    for tail in TABLE["tails"]:
        for text in (ADDRESS + tail, f"x {ADDRESS + tail} y"):
            assert [link.text for link in links.find(text)] == [ADDRESS + tail]


def test_punctuation_ends_addresses() -> None:
    """What ends a sentence or a bracket ends an address, with a path and without."""
    for end in TABLE["ends"]:
        assert [link.text for link in links.find(ADDRESS + end)] == [ADDRESS]
        assert [link.text for link in links.find(f"{ADDRESS}/a{end}")] == [ADDRESS + "/a"]
