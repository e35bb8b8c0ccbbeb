"""What gains now, as the overview shows it."""

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
from posts.post import Metrics, Post
from store import open_store
from store.intake import Intake
from store.protocol import StoreSettings
from store.spool import Spool
from store.state import State
from words.bidi import isolate_left


@pytest.fixture
def looked_at_again(home: Path, planted: list[Post]) -> None:
    """Three more posts, seen two hours ago and again an hour ago with more likes."""
    settings, now = load(home / "projects" / "tea"), datetime.now(UTC)
    looks = [
        replace(
            post, id=f"mastodon:tea.example:again{n}", created_at=now - timedelta(hours=3),
            collected_at=now - timedelta(hours=2 - look), metrics=Metrics(likes=5 + 1_000 * n * look),
        )
        for look in (0, 1)
        for n, post in enumerate(planted[:3])
    ]  # fmt: skip
    spool = Spool(settings.spool)
    spool.write(looks, source="tea")
    store = open_store(StoreSettings(folder=settings.index))
    with State(settings.state) as state:
        assert Intake(store, state, spool, load_pipeline(), now=lambda: now).run().new == 3
    store.close()


def table(page: AppTest) -> list[list[dict[str, Any]]]:
    """The rows of the table of movers."""

    def below(node: Any) -> Iterator[Any]:
        yield node
        for child in getattr(node, "children", {}).values():
            yield from below(child)

    for element in page.main:
        for node in below(element):
            proto = getattr(node, "proto", None)
            if proto is not None and hasattr(proto, "component_name") and proto.id.endswith("-movers"):
                rows: list[list[dict[str, Any]]] = json.loads(proto.json)["rows"]
                return rows
    return []


@pytest.mark.parametrize(("language", "digits"), [("en", ["+2,000", "+1,000"]), ("fa", ["+۲٬۰۰۰", "+۱٬۰۰۰"])])
def test_overview_shows_what_gains(
    looked_at_again: None, visit: Callable[..., AppTest], language: str, digits: list[str]
) -> None:
    """The posts that gained in the last day, most first, each a way to itself."""
    rows = table(visit(lang=language))

    assert [row[2]["text"] for row in rows] == [isolate_left(text) for text in digits]
    assert [row[0]["link"]["params"]["ids"] for row in rows] == [
        "mastodon:tea.example:again2",
        "mastodon:tea.example:again1",
    ]


def test_overview_without_a_second_look_says_so(planted: list[Post], visit: Callable[..., AppTest]) -> None:
    """Posts that were seen once gained nothing that is known."""
    page = visit(lang="en")

    assert table(page) == []
    assert any("two looks" in caption.value for caption in page.caption)
