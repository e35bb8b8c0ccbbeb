"""A hashtag's parts "why" and "audience", and the table of platforms, in both languages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from config.load import load
from nlp.pipeline import load as load_pipeline
from posts.post import Author, Post
from store import open_store
from store.intake import Intake
from store.protocol import StoreSettings
from store.spool import Spool
from store.state import State

Visit = Callable[..., AppTest]


@pytest.fixture
def deal(home: Path, planted: list[Post]) -> None:
    """Twelve accounts say the same within a minute, five hours ago; somebody else spoke ten days ago."""
    settings, now = load(home / "projects" / "tea"), datetime.now(UTC)
    moment = now.replace(minute=10, second=0, microsecond=0) - timedelta(hours=5)
    more = [
        replace(
            planted[1], id=f"mastodon:tea.example:deal{n}", created_at=moment + timedelta(seconds=5 * n),
            author=Author(key=f"mastodon:tea.example:d{n}", handle=f"d{n}@tea.example", followers=n),
            text="all tea is cheap today and only today #deal",
        )
        for n in range(12)
    ]  # fmt: skip
    more.append(replace(planted[1], id="mastodon:tea.example:old", created_at=now - timedelta(days=10)))
    spool = Spool(settings.spool)
    spool.write(more, source="tea")
    store = open_store(StoreSettings(folder=settings.index))
    with State(settings.state) as state:
        assert Intake(store, state, spool, load_pipeline(), now=lambda: now).run().new == 13
    store.close()


def drawn(page: AppTest) -> dict[str, dict[str, Any]]:
    """What the page's own components were given, by the ends of their keys."""

    def below(node: Any) -> Iterator[Any]:
        yield node
        for child in getattr(node, "children", {}).values():
            yield from below(child)

    found = {}
    for node in (node for element in page.main for node in below(element)):
        proto = getattr(node, "proto", None)
        if proto is not None and hasattr(proto, "component_name"):
            found[proto.id.rsplit("-", 1)[-1]] = json.loads(proto.json)
    return found


@pytest.mark.parametrize(("language", "left"), [("en", "0 of 12"), ("fa", "۰ از ۱۲")])
def test_why_it_rose(deal: None, visit: Visit, language: str, left: str) -> None:
    """The cards, what the rules take out, and the first posts; each number opens its posts."""
    page = visit("hashtag", lang=language, period="1d", hashtag="deal", part="why")
    found = drawn(page)

    assert not page.exception
    cards = [item["value"]["text"] for item in found["why_cards"]["items"]]
    assert cards[-1] == left
    (together, rest) = found["why_organic"]["rows"]
    assert together[1]["link"]["params"]["ids"].count("deal") == 12
    assert rest[1].get("link") is None
    first = found["why_first"]["rows"]
    assert [row[0]["link"]["params"]["ids"] for row in first] == [
        f"mastodon:tea.example:deal{n}" for n in range(5)
    ]
    assert found["why_since"]["items"]
    assert "why_first_cards" in found


@pytest.mark.parametrize("language", ["en", "fa"])
def test_without_a_rise(planted: list[Post], visit: Visit, language: str) -> None:
    """Why it cannot be told is said, and the same is told of the whole period."""
    page = visit("hashtag", lang=language, period="1d", hashtag="ai", part="why")

    assert not page.exception
    assert len(page.info) == 1
    assert "why_since" not in drawn(page)
    assert drawn(page)["why_first"]["rows"]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_audience(deal: None, visit: Visit, language: str) -> None:
    """Who they are; that there are too few who say anything else is told."""
    page = visit("hashtag", lang=language, period="1d", hashtag="deal", part="audience")
    found = drawn(page)

    assert not page.exception
    assert len(found["people_cards"]["items"]) == 4
    (platform,) = found["people_platform"]["rows"]
    assert platform[1]["link"]["params"]["platform"] == "mastodon"
    assert len(page.info) == 1


PAGE = """
from datetime import UTC, datetime
import streamlit as st
from config.load import load
from dashboard.crossing import draw_crossings
from dashboard.filters import Asked
from dashboard.address import Filters
from dashboard.visit import Visit
from posts.selection import Selection

visit = Visit(settings=load("tea"), language=st.query_params["lang"], now=datetime.now(UTC))
chosen = Selection(query=st.query_params["query"])
draw_crossings(visit, Asked(filters=Filters(), narrow={}, selection=chosen), expanded=True)
"""


@pytest.mark.parametrize(
    ("language", "first"),
    [("en", "Mastodon, then Feed"), ("fa", "ماستودون، سپس خوراک")],  # the same
)
def test_what_crosses(deal: None, home: Path, language: str, first: str) -> None:
    """Hashtags on two platforms with their order and lag; of one platform that there is nothing to cross."""
    cross(home)
    page = AppTest.from_string(PAGE, default_timeout=60)
    page.query_params.update({"lang": language, "query": ""})
    page.run()
    found = drawn(page)

    assert not page.exception
    (row,) = [row for row in found["crossing_rows"]["rows"] if row[0]["text"] == "#spread"]
    assert row[1]["text"] == first
    assert row[4]["link"]["params"]["hashtag"] == "spread"
    assert found["crossing_heard"]["items"][1:]
    page.query_params["query"] = "platform:mastodon"
    page.run()
    assert "crossing_rows" not in drawn(page)
    assert page.caption


def cross(home: Path) -> None:
    """Four people of one platform use a new hashtag, two hours later four of the other."""
    settings, now = load(home / "projects" / "tea"), datetime.now(UTC).replace(microsecond=0)
    made = [
        Post(
            id=f"{platform}:{platform}.example:{n}", platform=platform, kind="text", source=source,
            created_at=now - timedelta(hours=late, minutes=n), collected_at=now, text="it moves #spread",
            author=Author(key=f"{platform}:{platform}.example:s{n}"),
        )
        for platform, source, late in (("mastodon", "tea", 9), ("feed", "news", 7))
        for n in range(4)
    ]  # fmt: skip
    spool = Spool(settings.spool)
    spool.write(made, source="tea")
    store = open_store(StoreSettings(folder=settings.index))
    with State(settings.state) as state:
        Intake(store, state, spool, load_pipeline(), now=lambda: now).run()
    store.close()
