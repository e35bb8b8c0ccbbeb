"""Every sign of a text where it stands, in many scripts: tests/nlp/cases/signs.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from nlp import cashtags, emoji, hashtags, links, mentions
from posts.post import Tag

TABLE: dict[str, list[list[str]]] = tomllib.loads(
    (Path(__file__).parent / "cases" / "signs.toml").read_text(encoding="utf-8")
)
Place = tuple[str, int, int]


def read(marked: str) -> tuple[str, list[Place]]:
    """The text without its marks, and what stands between them: kind, start and end."""
    text, places = "", []
    for number, piece in enumerate(marked.replace("⟧", "⟦").split("⟦")):
        if number % 2:
            places.append((_kind(piece), len(text), len(text) + len(piece)))
        text += piece
    return text, places


def _kind(sign: str) -> str:
    if "\u20e3" in sign:
        return "emoji"
    kinds = {"#": "hashtag", "＃": "hashtag", "@": "mention", "＠": "mention", "$": "cashtag"}
    return kinds.get(sign[0], "link" if "." in sign else "emoji")


def found(text: str) -> list[Place]:
    """All signs that are found, in order; emoji inside addresses do not count."""
    rooms = {"hashtag": hashtags, "mention": mentions, "cashtag": cashtags, "link": links}
    places = [(kind, tag.start, tag.end) for kind, room in rooms.items() for tag in room.find(text)]
    places += [("emoji", tag.start, tag.end) for tag in emoji.find(text) if not _inside(tag, places)]
    return sorted(places, key=lambda place: place[1])


def _inside(tag: Tag, places: list[Place]) -> bool:
    return any(kind == "link" and start <= tag.start < end for kind, start, end in places)


@pytest.mark.parametrize(
    "marked",
    [pytest.param(text, id=f"{script}: {why}") for script, cases in TABLE.items() for why, text in cases],
)
def test_signs_stand_where_they_are_marked(marked: str) -> None:
    """Each sign is found with its kind and its offsets, and nothing else is."""
    text, places = read(marked)

    assert places == found(text)


def test_the_table_is_wide() -> None:
    """Some 300 texts in more than 20 scripts and languages, half of them Persian, none twice."""
    texts = [text for cases in TABLE.values() for _, text in cases]

    assert len(set(texts)) == len(texts) >= 300
    assert len(TABLE) > 30
    assert len(TABLE["Persian"]) >= 150
