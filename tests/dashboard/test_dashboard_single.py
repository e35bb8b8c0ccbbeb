"""The page of one post: how it was read and why; and how labelled posts stand in their list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from answers.explained import Spoken
from config.load import load
from dashboard.cards import direction, isolated
from dashboard.labelling import _short
from dashboard.panel import telling
from posts.labels import Label
from posts.post import Post, changed
from store import labels, open_store
from store.batch import stored_post
from store.documents import documents
from store.protocol import StoreSettings
from store.state import State
from tests.dashboard.test_dashboard_views import drawn, problems

Visit = Callable[..., AppTest]


def spoken(text: str, weight: float, why: str) -> Spoken:
    return Spoken(kind="sentiment", text=text, start=0, end=1, says="positive", weight=weight, why=why)


def test_words_that_hardly_lean_are_left_out() -> None:
    """Unless there is nothing else."""
    little, much = spoken("t", 0.1, "mood.lines"), spoken("lovely", -0.3, "mood.lines")
    rule = spoken("good", 0.2, "mood.word")

    assert telling((little, much, rule)) == (much, rule)
    assert telling((little,)) == (little,)


def test_mentions_are_isolated() -> None:
    """They stand where they were typed, and the text runs the way of its words."""
    written = "@sara@tea.example چای خوب است"  # tea is good

    assert isolated(written) == "\u2066@sara@tea.example\u2069 چای خوب است"  # tea is good
    assert direction(written) == "rtl"


@pytest.mark.parametrize(("language", "why"), [("en", "Why"), ("fa", "چرا")])
def test_a_post_says_why(read: Path, visit: Visit, language: str, why: str) -> None:
    """Behind a door that is closed at first, with a way to where any text is read."""
    page = visit("posts", lang=language, ids="mastodon:tea.example:r8")
    (door,) = [each for each in page.expander if each.label == why]
    assert "panel_spoken" not in drawn(page)

    page.session_state["reading_why"] = True
    page.run()

    assert problems(page) == []
    assert door.label == why
    (link,) = drawn(page)["reading_why_link"]["items"]
    assert link["link"]["view"] == "labels"
    assert "متنفرم" in " ".join(row[0]["text"] for row in drawn(page)["panel_spoken"]["rows"])  # hate


def test_a_loose_copy_is_explained(read: Path, visit: Visit) -> None:
    """One that is no noise says whose words it has, nearly; one that is marked, or is no copy, does not."""
    settings = load(read)
    store = open_store(StoreSettings(folder=settings.index))
    (document,) = store.get("posts", ["mastodon:tea.example:r3"]).values()
    post = stored_post(document).post
    assert post.annotations is not None
    loose = changed(post, annotations=replace(post.annotations, noise=()))
    store.write("posts", [documents(loose).post])
    store.refresh("posts")
    store.close()

    def told(number: int) -> list[str]:
        page = visit("posts", lang="en", ids=f"mastodon:tea.example:r{number}")
        rows = drawn(page)["readings"]["rows"]
        return [row[1]["link"]["params"]["ids"] for row in rows if row[0]["text"] == "Copy"]

    assert told(3) == ["mastodon:tea.example:r0"]
    assert told(4) == []
    assert told(0) == []


def test_labels_show_titles_and_directions(read: Path, visit: Visit, build: Callable[..., Post]) -> None:
    """A post that has a title is told by it; a labelled text from right to left runs so."""
    titled = replace(build(1, datetime(2026, 11, 1, tzinfo=UTC)), title="News of tea", text="A long text")
    assert _short(titled) == {"text": "News of tea", "direction": "ltr"}
    label = Label(
        post="mastodon:tea.example:r11",
        kind="intent",
        values=("praise",),
        at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    with State(read / "state.sqlite") as state:
        labels.add(state, [label])
    (row,) = drawn(visit("labels", lang="fa", section="list"))["labels_list"]["rows"]

    assert (row[0]["text"], row[0]["direction"]) == ("چای خوب است", "rtl")  # tea is good
