"""Bursts and slow changes: marked in the curve, told below it, and nothing where there is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from config.load import load
from nlp.pipeline import load as load_pipeline
from posts.post import Author, Post
from reports.charts import MARKED
from store import open_store
from store.intake import Intake
from store.protocol import StoreSettings
from store.spool import Spool
from store.state import State

Visit = Callable[..., AppTest]
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def month(home: Path, planted: list[Post]) -> None:
    """Thirty more days: #kettle rises from 3 to 9 a day, and twenty people post #sale in one hour."""
    settings = load(home / "projects" / "tea")
    days = [(day, n) for day in range(30, 0, -1) for n in range(3 if day > 12 else 9)]
    moments = [(NOW - timedelta(days=day) + n * timedelta(minutes=150), "#kettle") for day, n in days]
    moments += [(NOW - timedelta(hours=40, minutes=2 * n), "#sale") for n in range(20)]
    more = [
        replace(
            planted[1], id=f"mastodon:tea.example:more{n}", created_at=at, text=f"look {tag}",
            author=Author(key=f"mastodon:tea.example:p{n % 40}", handle=f"p{n % 40}@tea.example"),
        )
        for n, (at, tag) in enumerate(moments)
    ]  # fmt: skip
    spool = Spool(settings.spool)
    spool.write(more, source="tea")
    store = open_store(StoreSettings(folder=settings.index))
    with State(settings.state) as state:
        assert Intake(store, state, spool, load_pipeline(), now=lambda: NOW).run().new == len(more)
    store.close()


def lines(page: AppTest, name: str) -> list[list[dict[str, Any]]]:
    """The lines below the curve of volume, each as its items."""
    protos = [node.proto for element in page.main for node in _below(element) if hasattr(node, "proto")]
    told = {p.id.rsplit("-", 1)[-1]: json.loads(p.json) for p in protos if hasattr(p, "component_name")}
    return [told[key]["items"] for key in sorted(told) if key.startswith(name)]


def _below(node: Any) -> Any:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from _below(child)


def is_marked(page: AppTest) -> bool:
    """Whether the first chart knows a colour for bars that are marked."""
    return MARKED in page.get("vega_lite_chart")[0].proto.spec


@pytest.mark.parametrize(
    ("language", "chip", "posts"),
    [("en", "Burst", "20 posts"), ("fa", "جهش", "۲۰ پست")],  # burst, 20 posts
)
def test_a_burst_is_marked_and_told(month: None, visit: Visit, language: str, chip: str, posts: str) -> None:
    """On the page of its hashtag, with a number that opens its posts."""
    page = visit("hashtag", lang=language, hashtag="sale")
    (items,) = lines(page, "hashtag_volume_burst")

    assert not page.exception
    assert (items[0]["text"], items[2]["text"]) == (chip, posts)
    assert is_marked(page)
    opened = visit("posts", **dict(parse_qsl(urlsplit(items[2]["link"]["href"]).query)))
    assert lines(opened, "posts_count")[0][0]["text"].startswith(posts.split()[0])


def test_a_slow_climb_is_told_in_a_sentence(month: None, visit: Visit) -> None:
    """From level to level; without a burst no bar is marked."""
    page = visit("hashtag", lang="en", hashtag="kettle")
    (items,) = lines(page, "hashtag_volume_change")

    assert [item["text"] for item in items[:1] + items[2:4]] == ["Slow climb", "3", "9"]
    assert items[4]["text"].startswith("×")
    assert lines(page, "hashtag_volume_burst") == []
    assert not is_marked(page)


def test_what_cannot_be_told_yet_is_said(planted: list[Post], visit: Visit) -> None:
    """Thirty hours are too short to know what is usual."""
    page = visit("overview", lang="en")

    assert any("Bursts cannot be told yet" in caption.value for caption in page.caption)
    assert lines(page, "overview_volume_burst") == []
