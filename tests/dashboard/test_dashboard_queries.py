"""Under the filter bar: what a query says, what is searched beside it, and its mistake with a way on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from posts.post import Post
from words.bidi import isolate_auto

Visit = Callable[..., AppTest]


def drawn(page: AppTest) -> dict[str, Any]:
    """What the page's own components were given, by their keys."""
    nodes = (node for element in page.main for node in _below(element))
    protos = (getattr(node, "proto", None) for node in nodes)
    return {
        proto.id.rsplit("-", 1)[-1]: json.loads(proto.json)
        for proto in protos
        if proto is not None and hasattr(proto, "component_name")
    }


def _below(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from _below(child)


@pytest.mark.parametrize(
    ("language", "said", "beside"),
    [
        ("en", "Posts that contain “چای” and do not contain “tea”.", ()),
        ("fa", "پست‌هایی که «چای» را دارند و «tea» را ندارند.", ()),
    ],
)
def test_a_query_is_said_in_words(
    planted: list[Post], visit: Visit, language: str, said: str, beside: tuple[str, ...]
) -> None:
    """Below the bar, in the language of the page."""
    items = drawn(visit("posts", lang=language, query="چای -tea", period="7d"))["query_said"]["items"]

    assert [item["text"] for item in items] == [said, *beside]


def test_other_spellings_are_shown(planted: list[Post], visit: Visit) -> None:
    """Each word that is searched in other spellings as well, with the reason."""
    items = drawn(visit("posts", lang="en", query="کتاب‌ها", period="7d"))["query_said"]["items"]

    assert items[1]["text"] == "“کتاب‌ها”: also “کتاب ها” (its parts also apart)"


def test_no_query_says_nothing(planted: list[Post], visit: Visit) -> None:
    """An empty bar stays as it was."""
    assert "query_said" not in drawn(visit("posts", lang="en", period="7d"))


def test_a_mistake_is_shown_with_its_place_and_a_way_on(planted: list[Post], visit: Visit) -> None:
    """In Persian: the letter, what is wrong, and a link to the query that was probably meant."""
    page = visit("posts", lang="fa", query='چای lan:fa "سبز', period="7d")
    found = drawn(page)

    assert "query_said" not in found
    assert found["query_mark"]["items"] == [{"text": 'چای lan:fa "سبز', "mark": 4, "tone": "query"}]
    assert any(
        f"فیلدی به نام {isolate_auto('lan')} نیست" in text.value for text in page.text
    )  # there is no such field
    (item,) = found["query_repair"]["items"]
    assert item["text"] == 'چای lang:fa "سبز"'
    assert item["link"]["params"]["query"] == 'چای lang:fa "سبز"'
    assert item["link"]["params"]["period"] == "7d"
    assert item["link"]["view"] == "posts"


def test_a_mistake_without_a_repair_has_no_link(planted: list[Post], visit: Visit) -> None:
    """What was meant cannot always be told."""
    found = drawn(visit("posts", lang="en", query="lang:klingon", period="7d"))

    assert "query_mark" in found
    assert "query_repair" not in found
