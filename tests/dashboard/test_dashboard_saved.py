"""Queries are saved from the filter bar, listed with their posts, paused and removed, in both languages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from posts.post import Post
from posts.selection import Selection
from store.saved import SavedQueries
from store.state import State
from words.bidi import isolate_left

Visit = Callable[..., AppTest]
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def drawn(page: AppTest, key: str) -> dict[str, Any] | None:
    """What the component of this key was given; ``None`` where it is not on the page."""
    for element in page.main:
        for node in _below(element):
            proto = getattr(node, "proto", None)
            if hasattr(proto, "component_name") and proto.id.rsplit("-", 1)[-1] == key:
                return dict(json.loads(proto.json))
    return None


def _below(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from _below(child)


def told(page: AppTest) -> list[str]:
    assert not page.exception
    return [text.value for text in page.text]


@pytest.fixture
def saved(home: Path, planted: list[Post]) -> Iterator[SavedQueries]:
    """The saved queries of the project with thirty posts."""
    with State(home / "projects" / "tea" / "state.sqlite") as state:
        yield SavedQueries(state)


def save(page: AppTest, name: str) -> AppTest:
    page.text_input(key="saved_name").set_value(name)
    return page.button(key="saved_save").click().run()


def test_the_bar_is_saved_without_its_period(saved: SavedQueries, visit: Visit) -> None:
    """All other parts of it, under the name that was written; the page says so and lists it."""
    page = save(visit("posts", lang="en", query="tea -is:repost", language="en", period="1d"), " My  teas ")

    (kept,) = saved.all()
    assert (kept.name, kept.selection) == ("My teas", Selection(query="tea -is:repost", language="en"))
    assert [message.value[:6] for message in page.success] == ["Saved."]
    assert page.text_input(key="saved_name").value == ""
    found = drawn(page, "saved_queries")
    assert found is not None
    assert [column["label"] for column in found["columns"]] == ["Name", "Last day", "Query"]
    assert [cell["text"] for cell in found["rows"][0]][::2] == [
        "My teas",
        isolate_left("tea -is:repost · English"),
    ]


def test_a_number_of_the_list_opens_its_posts(saved: SavedQueries, visit: Visit) -> None:
    """As many as it says; the name opens those of all time."""
    saved.save("Teas", Selection(query="tea", language="en"), at=NOW)

    found = drawn(visit("posts", lang="en"), "saved_queries")
    assert found is not None
    name, number, _ = found["rows"][0]

    for cell, expected in ((number, number["text"]), (name, "12")):
        count = drawn(visit("posts", **cell["link"]["params"]), "posts_count")
        assert count is not None
        assert count["items"][0]["text"].split()[0] == expected
    assert 0 < int(number["text"]) < 12


def test_the_list_is_written_in_persian(saved: SavedQueries, visit: Visit, home: Path) -> None:
    """With Persian digits; topics of the settings stand in it and cannot be taken away there."""
    file = home / "projects" / "tea" / "project.toml"
    topic = '[[topics]]\nname = "Tea"\nquery = "چای"\n\n# end\n'  # tea
    file.write_text(file.read_text().replace("# end\n", topic))
    page = visit("posts", lang="fa")

    found = drawn(page, "saved_queries")
    assert found is not None
    assert found["rows"][0][0]["below"] == "موضوع پروژه"  # topic of the project
    assert set(found["rows"][0][1]["text"]) <= set("۰۱۲۳۴۵۶۷۸۹")
    assert page.expander[0].label == "جست‌وجوهای ذخیره‌شده (۱)"  # saved queries (1)
    assert not [button for button in page.button if button.key == "saved_pause"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("Teas", "There is a saved query of this name", id="taken"),
        pytest.param("  ", "It needs a name", id="no name"),
    ],
)
def test_what_cannot_be_saved_is_told(saved: SavedQueries, visit: Visit, name: str, said: str) -> None:
    """The query that is there stays as it was."""
    saved.save("Teas", Selection(query="tea"), at=NOW)

    page = save(visit("posts", lang="en", query="coffee"), name)

    assert [error.value[: len(said)] for error in page.error] == [said]
    assert [(kept.name, kept.selection.query) for kept in saved.all()] == [("Teas", "tea")]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        pytest.param({}, "Write a query or choose a filter first", id="everything"),
        pytest.param({"toward": "mastodon:tea.example:sara"}, "Acts toward one author", id="a network"),
    ],
)
def test_what_no_post_has_by_itself_cannot_be_saved(
    saved: SavedQueries, visit: Visit, address: dict[str, str], said: str
) -> None:
    """There is no button then, but the reason."""
    page = visit("posts", lang="en", period="all", **address)

    assert [text for text in told(page) if text.startswith(said)]
    assert not [button for button in page.button if button.key == "saved_save"]


def test_a_query_is_paused_resumed_and_removed(saved: SavedQueries, visit: Visit) -> None:
    """Each is said once, and the last leaves no list."""
    saved.save("A", Selection(query="tea"), at=NOW)
    saved.save("B", Selection(query="coffee"), at=NOW)
    page = visit("posts", lang="en")
    page.selectbox(key="saved_chosen").select("B").run()

    page.button(key="saved_pause").click().run()
    assert [(kept.name, kept.paused) for kept in saved.all()] == [("A", False), ("B", True)]
    found = drawn(page, "saved_queries")
    assert found is not None
    assert found["rows"][1][0]["below"] == "paused"
    page.button(key="saved_pause").click().run()
    assert [kept.paused for kept in saved.all()] == [False, False]

    for _ in range(2):
        page.button(key="saved_remove_it").click().run()
    assert saved.all() == []
    assert drawn(page, "saved_queries") is None
    assert [message.value for message in page.success] == ["Removed; the posts stay."]
