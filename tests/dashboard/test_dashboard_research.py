"""The page that chooses hashtags, and the part about campaigns on the page of one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.basket import copied
from dashboard.research import options
from posts.post import Post

Visit = Callable[..., AppTest]


def drawn(page: AppTest) -> dict[str, dict[str, Any]]:
    """What the page's own components were given, by their keys."""
    assert not page.exception
    assert not page.error
    return {
        proto.id.rsplit("-", 1)[-1]: json.loads(proto.json)
        for node in _below(page.main)
        if (proto := getattr(node, "proto", None)) is not None and hasattr(proto, "component_name")
    }


def _below(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from _below(child)


@pytest.mark.parametrize(
    ("language", "verdict", "posts"),
    [("en", "dead", "12"), ("fa", "بی‌رونق", "۱۲")],  # dead, 12
)
def test_hashtag_is_judged(
    planted: list[Post], visit: Visit, language: str, verdict: str, posts: str
) -> None:
    """The tag with its verdict, its posts as a link that opens them, and that few cannot tell a lift."""
    page = visit("research", lang=language, period="30d", seek="#AI")
    cells = drawn(page)["research_table"]["rows"][0]

    assert cells[0]["text"] == "#AI"
    assert cells[0]["link"]["params"]["part"] == "choice"
    assert cells[2]["link"]["view"] == "posts"
    assert (cells[1]["text"], cells[2]["text"]) == (verdict, posts)
    assert cells[4]["tone"] == "muted"
    assert cells[1]["below"]


def test_page_begins_with_much_used_hashtags(planted: list[Post], visit: Visit) -> None:
    """Before anything is typed, each of them is a way to ask about it."""
    items = drawn(visit("research", lang="en", period="30d"))["research_common"]["items"]

    assert {item["link"]["params"]["seek"] for item in items[1:]} == {
        "#AI",
        "#هوش_مصنوعی",
    }  # artificial intelligence


def test_unknown_tag_has_its_nearest(planted: list[Post], visit: Visit) -> None:
    """What nobody uses is named as it was typed, with the way to the nearest."""
    page = drawn(visit("research", lang="en", period="30d", seek="#هوش_مصنوع"))  # artificial intelligenc
    (line,) = (data for key, data in page.items() if key.startswith("research_unknown"))

    assert line["items"][1]["text"] == "#هوش_مصنوع"
    assert "#هوش_مصنوعی" in [item["text"] for item in line["items"]]  # artificial intelligence


def test_audience_that_cannot_be_read_is_said(planted: list[Post], visit: Visit) -> None:
    """A wrong query is a warning, not a failure."""
    page = visit("research", lang="en", given="audience", seek="(")

    assert not page.exception
    assert len(page.warning) == 1


def test_campaign_part_of_a_hashtag(planted: list[Post], visit: Visit) -> None:
    """Verdict, numbers and classes are drawn in both languages; few posts say that they are few."""
    for language in ("en", "fa"):
        page = drawn(visit("hashtag", lang=language, period="30d", hashtag="ai", part="choice"))

        assert page["choice_verdict"]["items"][0]["chip"] is True
        assert len(page["choice_cards"]["items"]) == 4
        assert page["choice_tags_own"]["rows"]
        assert page["choice_lengths_around"]["rows"]


def test_page_ends_with_a_set_and_a_checker(
    planted: list[Post], visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same four write both tags, so one is enough; a draft has one that breaks and one misspelt."""
    monkeypatch.setattr("answers.basket_pool.LEAST_AUTHORS", 3)
    page = visit("research", lang="en", period="30d", seek="#AI #هوش_مصنوعی")  # artificial intelligence
    (row,) = drawn(page)["basket_set"]["rows"]

    assert (row[0]["text"], row[1]["text"]) == ("#AI", "4")
    assert len(row[1]["link"]["params"]["ids"].split()) == 4
    assert [block.value for block in page.code] == ["#AI"]

    page.text_area(key="basket_draft").set_value("Good tea #2026 #هوش_مصنوع")  # artificial intelligenc
    page.button[-1].click().run()
    found = drawn(page)["basket_findings"]["rows"]

    assert ["#2026" in found[0][2]["text"], found[0][1]["tone"]] == [True, "bad"]
    assert "#هوش_مصنوعی" in found[1][2]["below"]
    assert page.code[-1].value == "Good tea #2026 #هوش_مصنوعی"


def test_no_set_of_hashtags_of_few_people(planted: list[Post], visit: Visit) -> None:
    """Four people are too few for a set: the number it takes is said, and nothing is to be copied."""
    page = visit("research", lang="fa", period="30d", seek="#AI")

    assert "basket_set" not in drawn(page)
    assert not page.code
    assert [one for one in page.info if "۵" in one.value]


def test_what_was_typed_is_read_as_meant() -> None:
    """Hashtags in a row are several seeds, words are one phrase; a draft and an audience are whole."""
    assert options("seed", "#tea #chai") == {"seeds": ("#tea", "#chai")}
    assert options("seed", "cold  tea") == {"seeds": ("cold tea",)}
    assert options("draft", "a #tea text") == {"draft": "a #tea text"}
    assert options("audience", "tea") == {"audience": "tea"}


def test_the_copied_set_has_no_marks() -> None:
    """A set of one direction stands in a line, a mixed one a line each; nothing but the tags is copied."""
    assert copied(["tea", "cup2"]) == "#tea #cup2"
    assert copied(["چای", "۲چای"]) == "#چای #۲چای"  # tea, 2tea
    assert copied(["tea", "چای"]) == "#tea\n#چای"  # tea
