"""The page that sets hashtags beside each other, and the dossier that is taken along."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from config.load import load
from dashboard.comparing import split
from dashboard.dossiers import build_file
from dashboard.visit import Visit as Visitor
from posts.post import Post
from posts.selection import Selection
from reports import lines
from reports.charts import Bar, Reader
from reports.dossier_file import read

Visit = Callable[..., AppTest]
TAGS = "#ai, #هوش_مصنوعی, nowhere"  # artificial intelligence


def drawn(page: AppTest) -> dict[str, Any]:
    """What the page's own components were given, by their keys."""

    def below(node: Any) -> Any:
        yield node
        for child in getattr(node, "children", {}).values():
            yield from below(child)

    nodes = [getattr(node, "proto", None) for element in page.main for node in below(element)]
    found = [proto for proto in nodes if proto is not None and hasattr(proto, "component_name")]
    return {proto.id.rsplit("-", 1)[-1]: json.loads(proto.json) for proto in found}


@pytest.mark.parametrize("language", ["en", "fa"])
def test_hashtags_stand_side_by_side(planted: list[Post], visit: Visit, language: str) -> None:
    """Each with numbers that open its posts; the address keeps what was compared."""
    page = visit("compare", lang=language, tags=TAGS, scale="indexed")
    found = drawn(page)
    rows = found["compare_numbers"]["rows"]

    assert not page.exception
    assert not page.error
    assert len(rows) == 3
    assert "below" in rows[2][0]  # too little to be compared
    assert len(found["compare_overlap"]["rows"]) == 3
    assert found["address_said"]["params"]["tags"] == TAGS
    assert found["address_said"]["params"]["scale"] == "indexed"
    if language == "en":
        opened = dict(parse_qsl(urlsplit(rows[0][1]["link"]["href"]).query))
        total = drawn(visit("posts", **opened))["posts_count"]["items"][0]["text"].split()[0]
        assert rows[0][1]["text"] == total


def test_one_alone_is_not_compared(planted: list[Post], visit: Visit) -> None:
    """The page says what to write, and offers what rises."""
    for tags in ("", "#tea", ",".join(f"t{n}" for n in range(7))):
        page = visit("compare", lang="en", tags=tags)

        assert page.info
        assert not page.exception


def test_what_is_typed_is_parted() -> None:
    """By commas of both scripts, or by spaces between hashtags; a query stays whole."""
    assert split("#tea، چای خوب ,tea OR cup") == ["#tea", "چای خوب", "tea OR cup"]  # good tea
    assert split("#tea #cup #tea") == ["#tea", "#cup"]
    assert split("good tea") == ["good tea"]
    assert split(" ") == []


def test_the_dossier_is_that_of_the_page(planted: list[Post], home: Path) -> None:
    """Made for the hashtags and the window shown, whole, in the language of the page."""
    now = datetime.now(UTC).replace(microsecond=0)
    visitor = Visitor(settings=load("tea"), language="fa", now=now)
    data = build_file(visitor, Selection(), ("AI",))
    found = read(data)

    assert (found.page_whole, found.data_whole) == (True, True)
    assert b'<html lang="fa" dir="rtl">' in data
    assert found.dossier.question.tags == ("ai",)
    assert found.dossier.tags[0].numbers.posts > 0


@pytest.mark.parametrize("language", ["en", "fa"])
def test_lines_are_told_apart_without_colour(language: str) -> None:
    """By dash and by shape; indexed, each has 100 at its own peak; Persian runs from the right."""
    at = [datetime(2026, 11, day, tzinfo=UTC) for day in (1, 2, 3)]
    bars = [
        tuple(Bar(start=at[n], end=at[n + 1], value=value) for n, value in enumerate(values))
        for values in ((1, 4), (50, 200))
    ]
    reader = Reader(language=language, time_zone="UTC", calendar="gregorian")
    drawn_lines = [lines.Line(name=f"#{n}", bars=each) for n, each in enumerate(bars)]
    spec = lines.chart(drawn_lines, reader, label="posts", indexed=True)
    curve, point = (layer["encoding"] for layer in spec["layer"])

    assert [row["value"] for row in spec["data"]["values"]] == [25, 100, 25, 100]
    assert len(set(map(tuple, curve["strokeDash"]["scale"]["range"]))) == 2
    assert len(set(point["shape"]["scale"]["range"])) == 2
    assert point["x"]["scale"]["reverse"] is (language == "fa")
