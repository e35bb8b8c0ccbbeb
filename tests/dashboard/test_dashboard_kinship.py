"""The family of a hashtag on its page: warnings, what may be joined, and the buttons that write it down."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from answers.families import Family, Member
from config.load import load
from dashboard import kinship
from nlp.mending import Mending
from nlp.pipeline import load as load_pipeline
from posts.answer import Figure
from posts.post import Post
from posts.selection import Selection
from store import open_store
from store.intake import Intake
from store.protocol import StoreSettings
from store.spool import Spool
from store.state import State
from words.bidi import stripped

Visit = Callable[..., AppTest]
WRITTEN = ("#now_here", "#now_here", "#nowhere", "#nowhere", "#teashop", "#teashops", "#teashops")
LOOKS_LIKE = ("#paypal", "#раураl")  # the second in letters of Cyrillic


@pytest.fixture
def tagged(project: Path, home: Path, build: Callable[[int, datetime], Post]) -> Path:
    """A project with a post for each of the tags."""
    settings, now = load(project), datetime.now(UTC).replace(microsecond=0)
    posts = [
        replace(build(0, now), id=f"x:h:{n}", text=text, url=None, created_at=now - timedelta(hours=n + 1))
        for n, text in enumerate((*WRITTEN, *LOOKS_LIKE))
    ]
    spool = Spool(settings.spool)
    spool.write(posts, source="tea")
    store = open_store(StoreSettings(folder=settings.index))
    store.ensure()
    with State(settings.state) as state:
        assert Intake(store, state, spool, load_pipeline(), now=lambda: now).run().new == len(posts)
    store.close()
    return project


def drawn(page: AppTest, key: str) -> dict[str, Any]:
    """What one of the page's own components was given."""

    def below(node: Any) -> Iterator[Any]:
        yield node
        for child in getattr(node, "children", {}).values():
            yield from below(child)

    for element in page.main:
        for node in below(element):
            proto = getattr(node, "proto", None)
            if proto is not None and hasattr(proto, "component_name") and proto.id.endswith(f"-{key}"):
                found: dict[str, Any] = json.loads(proto.json)
                return found
    raise AssertionError(f"nothing is drawn as {key}")


def press(page: AppTest, key: str) -> AppTest:
    return page.button(key=key).click().run()


@pytest.mark.parametrize("language", ["en", "fa"])
def test_look_alikes_are_warned_of(tagged: Path, visit: Visit, language: str) -> None:
    """Another hashtag that is drawn alike stands in a warning."""
    page = visit("hashtag", lang=language, hashtag="paypal")

    assert len(page.warning) == 1
    assert [item["text"] for item in drawn(page, "look_alikes")["items"]] == ["#раураl"]
    assert not page.exception


def test_siblings_can_be_joined(tagged: Path, visit: Visit) -> None:
    """One press joins a plural with its singular, another takes it back; the settings say so."""
    page = press(visit("hashtag", lang="en", hashtag="teashop"), "mend_join_teashops")

    assert load(tagged).reading.same_tags == (("teashop", "teashops"),)
    assert [done.value for done in page.success] == [
        "Kept in the settings. The service reads the old posts again; that takes a while."
    ]

    press(visit("hashtag", lang="en", hashtag="teashop"), "mend_undo_teashop")

    assert load(tagged).reading.same_tags == ()


def test_a_doubtful_spelling_can_be_parted(tagged: Path, visit: Visit) -> None:
    """Words that meet at other places are told, and the other spelling can be counted apart."""
    page = visit("hashtag", lang="en", hashtag="nowhere")
    assert any("they may be two hashtags" in caption.value for caption in page.caption)

    press(page, "mend_part_now_here")

    assert load(tagged).reading.apart_tags == ("now_here",)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_another_hashtag_can_be_joined_by_hand(tagged: Path, visit: Visit, language: str) -> None:
    """What is typed is written down; it is told afterwards, though nobody has used it."""
    page = visit("hashtag", lang=language, hashtag="paypal")
    page.text_input(key="mend_other_paypal").set_value(" #Pay_Pal_Inc ")
    page = press(page, "mend_join_other")

    assert load(tagged).reading.same_tags == (("paypal", "Pay_Pal_Inc"),)
    assert len(page.success) == 1
    (item,) = drawn(visit("hashtag", lang="en", hashtag="paypal"), "mended_with")["items"]
    assert stripped(item["text"]) == "This project counts with it: #Pay_Pal_Inc"


@pytest.mark.parametrize(("typed", "told"), [("#Paypal", "info"), ("#", "error")])
def test_what_cannot_be_joined_is_told(tagged: Path, visit: Visit, typed: str, told: str) -> None:
    """The tag itself is one already, and a sign alone is no hashtag; nothing is written."""
    page = visit("hashtag", lang="en", hashtag="paypal")
    page.text_input(key="mend_other_paypal").set_value(typed)
    page = press(page, "mend_join_other")

    assert len(getattr(page, told)) == 1
    assert not page.success
    assert load(tagged).reading.same_tags == ()


def test_each_way_of_writing_can_be_counted_apart() -> None:
    """One button for spellings that leave together, none for the commonest and for what changes nothing."""
    found = Family(
        key="teashop", name="teashops", posts=_figure(3), doubts=(), look_alikes=(), siblings=(),
        members=tuple(
            Member(written=written, posts=_figure(1), joined_by=())
            for written in ("teashops", "tea_shop", "teashop", "Teashops", "tea_shops")
        ),
        mended_with=(),
    )  # fmt: skip

    partable = kinship._partable(found, Mending(join=(("teashop", "teashops"),)))

    assert partable == ["tea_shop", "tea_shops"]


def _figure(value: int) -> Figure:
    return Figure(value=value, selection=Selection())
