"""The words they use, under the posts and on the page of a hashtag."""

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
from words import digits

Visit = Callable[..., AppTest]


@pytest.fixture
def kettles(home: Path, planted: list[Post]) -> None:
    """120 more posts by forty people, every fourth of a kettle that leaks."""
    settings, now = load(home / "projects" / "tea"), datetime.now(UTC)
    more = []
    for n in range(120):
        at = now - timedelta(minutes=9 * n + 60)
        persian, kettle = n % 2 == 0, n // 2 % 4 == 0
        # I do not want this kettle any more; today the bread was fresh again
        said = ("این کتری را دیگر نمی‌گیرم", "امروز نان دوباره تازه بود") if persian else (
            "my new kettle leaks badly", "today the bread was fresh again")  # fmt: skip
        more.append(
            replace(
                planted[1], id=f"mastodon:tea.example:more{n}", created_at=at,
                author=Author(key=f"mastodon:tea.example:p{n % 40}", handle=f"p{n % 40}@tea.example"),
                text=f"{said[0] if kettle else said[1]}{' #kettle' if kettle else ''}",
            )
        )  # fmt: skip
    spool = Spool(settings.spool)
    spool.write(more, source="tea")
    store = open_store(StoreSettings(folder=settings.index))
    with State(settings.state) as state:
        assert Intake(store, state, spool, load_pipeline(), now=lambda: now).run().new == 120
    store.close()


def opened(page: AppTest, name: str, *, side: str = "here") -> AppTest:
    """The page with its door to the words open."""
    page.session_state[f"{name}_words"] = True
    page.session_state[f"{name}_words_of"] = side
    page.run()
    assert not page.exception
    return page


def rows(page: AppTest, key: str) -> list[list[dict[str, Any]]]:
    """The rows of the table under this key; none where it is not drawn."""

    def below(node: Any) -> Iterator[Any]:
        yield node
        for child in getattr(node, "children", {}).values():
            yield from below(child)

    for node in (node for element in page.main for node in below(element)):
        proto = getattr(node, "proto", None)
        if proto is not None and hasattr(proto, "component_name") and proto.id.endswith(f"-{key}"):
            found: list[list[dict[str, Any]]] = json.loads(proto.json)["rows"]
            return found
    return []


@pytest.mark.parametrize(("language", "twenty"), [("en", "15"), ("fa", "۱۵")])
def test_words_stand_beside_each_other_in_both_languages(
    kettles: None, visit: Visit, language: str, twenty: str
) -> None:
    """Each phrase as it is written, with its numbers; they open its posts under the same filters."""
    page = opened(visit("posts", lang=language, period="7d", query="kettle OR کتری"), "posts")  # kettle
    (english,), (persian,) = rows(page, "posts_words_en"), rows(page, "posts_words_fa")

    assert english[0]["text"] == "new kettle leaks badly"
    assert persian[0]["text"] == "نمی‌گیرم"  # do not take
    for row in (english, persian):
        assert [cell["text"] for cell in row[1:3]] == [twenty, digits.number(5, language)]
        assert row[0]["link"]["params"] == row[1]["link"]["params"] == row[3]["link"]["params"]
    params = english[0]["link"]["params"]
    assert (params["query"], params["language"]) == ('(kettle OR کتری) "new kettle leaks badly"', "en")
    assert {"since", "until", "project", "lang"} <= params.keys()


def test_words_of_a_hashtag(kettles: None, visit: Visit) -> None:
    """The page of a hashtag has the same door, under the hashtag's own filter."""
    page = opened(visit("hashtag", lang="en", period="7d", hashtag="kettle"), "hashtag")

    (row,) = rows(page, "hashtag_words_en")

    assert row[0]["link"]["params"]["hashtag"] == "kettle"
    assert [row[0]["text"]] == ["new kettle leaks badly"]


def test_nothing_is_read_before_the_door_is_opened(kettles: None, visit: Visit) -> None:
    """A closed door costs nothing."""
    page = visit("posts", lang="en", period="7d", query="kettle")

    assert rows(page, "posts_words_en") == []
    assert not any("Compared" in caption.value for caption in page.caption)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ({"period": "7d"}, "nothing to compare with"),
        ({"period": "all", "query": "AI", "language": "en"}, "nothing to compare with"),
        ({"period": "7d", "query": "number OR leak"}, "Too little"),
    ],
)
def test_why_there_are_no_words(
    planted: list[Post], visit: Visit, address: dict[str, str], said: str
) -> None:
    """All posts have no rest; few posts tell nothing."""
    page = opened(visit("posts", lang="en", **address), "posts")

    assert any(said in info.value for info in page.info), [info.value for info in page.info]


def test_what_people_say_elsewhere(kettles: None, visit: Visit) -> None:
    """The audience's side of the door says whose posts these are, and that nothing was found."""
    page = opened(visit("posts", lang="en", period="7d", query="kettle"), "posts", side="elsewhere")

    assert any("other posts" in caption.value for caption in page.caption)
    assert any(caption.value.startswith("Compared") for caption in page.caption) or page.info
