"""The part of a hashtag that looks ahead and the page that looks back, on a short past and a long one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from answers.backtest import Backtest, Ranked, Rise
from answers.forecast import Outlook, Past, Step
from posts.answer import Answer, Figure
from posts.post import Post
from posts.selection import Selection
from trends.backtest import Against, Estimate, Score
from trends.forecast import Check, Span
from words import texts

Visit = Callable[..., AppTest]


def line(page: AppTest, key: str) -> dict[str, Any]:
    """What the component under the key was given."""
    for element in page.get("bidi_component"):
        if element.proto.id.endswith(key):
            return dict(json.loads(element.proto.json))
    raise KeyError(key)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_part_ahead_says_why_it_cannot_tell(planted: list[Post], visit: Visit, language: str) -> None:
    """Of thirty hours of posts there is a chart of what was, and a reason for the rest; no error."""
    page = visit("hashtag", lang=language, hashtag="ai", part="ahead")
    cannot = texts.text("forecast.cannot.short", language, have="", need="")[:12]

    assert [each.value for each in page.error] + [str(each) for each in page.exception] == []
    assert [each.value for each in page.subheader] == [
        texts.text("forecast.next.hour", language), texts.text("forecast.next.day", language),
    ]  # fmt: skip
    for horizon in ("hour", "day"):
        assert line(page, f"ahead_{horizon}_says")["items"][0]["text"].startswith(cannot)


def test_page_that_looks_back_says_why_it_cannot_tell(planted: list[Post], visit: Visit) -> None:
    """Two days of posts cannot be judged: that is said, with a way on, and its days are in the address."""
    page = visit("backtest", lang="en", days="28", ranking="mastodon")
    said, way = line(page, "backtest_says")["items"]

    assert said["text"].startswith("Cannot tell yet: 0 days of the past can be judged")
    assert way["link"]["view"] == "trends"
    assert line(page, "address_said")["params"]["days"] == "28"
    assert line(page, "address_said")["params"]["ranking"] == "mastodon"


START = datetime(2026, 11, 16, 20, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
POSTS = Figure(value=4, selection=Selection(hashtag="ai", since=START, until=START + HOUR))
SPAN = Span(value=3.4, low50=2, high50=5, low80=1, high80=7)
CHECK = Check(
    origins=200, steps=640, error=1.5, copy_error=2.0, copied=168, mase=0.75, copy_mase=1.0,
    total_error=30.0, copy_total_error=41.0, held50=0.5, held80=0.81, total_held80=0.79,
)  # fmt: skip
ABOUT = Estimate(value=0.5, low=0.25, high=0.75)


def answered(value: Any, measure: str) -> Answer[Any]:
    return Answer(
        value=value, selection=Selection(), time_zone="UTC", definition=measure, version=1, as_of=START
    )


def foretold(*_: Any, horizon: Any = "hour", measure: Any = "posts") -> Answer[Outlook]:
    """A forecast of three steps after one of the past."""
    steps = tuple(
        Step(start=START + n * HOUR, end=START + (n + 1) * HOUR, span=SPAN) for n in range(1, 4)
    )  # fmt: skip
    past = Past(start=START, end=START + HOUR, posts=POSTS, authors=POSTS, heard=True)
    return answered(
        Outlook(
            measure=measure, horizon=horizon, origin=START + HOUR, past=(past,), steps=steps,
            total=SPAN if measure == "posts" else None,
            check=replace(CHECK, copied=7) if horizon == "day" else CHECK,
            cannot=None, history=700, unheard=0,
        ),
        "forecast",
    )  # fmt: skip


def judged(*_: Any, days: int) -> Answer[Backtest]:
    """Two rankings and one rise that only the other one listed."""
    score = Score(
        precision=ABOUT, recall=ABOUT, listed=ABOUT, before=ABOUT, lead_h=None, false_a_day=ABOUT, first=(-1,)
    )
    more, same = Estimate(value=0.3, low=0.1, high=0.4), Estimate(value=0.0, low=-0.1, high=0.1)
    against = Against(precision=more, listed=same, before=same, false_a_day=same)
    rise = Rise(
        key="ai", name="AI", start=START, peak=START + 5 * HOUR, end=START + 30 * HOUR, posts=POSTS,
        authors=POSTS, listed={"rasad": None, "mastodon": START + 2 * HOUR},
    )  # fmt: skip
    rankings = (
        Ranked(name="rasad", score=score, against=None),
        Ranked(name="mastodon", score=score, against=against),
    )
    return answered(
        Backtest(
            since=START, until=START + days * 24 * HOUR, days=days, least=8, tags=9, rankings=rankings,
            rises=(rise,), cannot=None,
        ),
        "backtest",
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fa"])
def test_what_is_foretold_is_drawn_and_told(
    planted: list[Post], visit: Visit, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """The sum in words, a fan, and a row for each step; of days the authors beside the posts."""
    foretold.__module__, foretold.__qualname__ = f"foretold_{language}", "foretold"
    monkeypatch.setattr("answers.forecast.ahead", foretold)
    page = visit("hashtag", lang=language, hashtag="ai", part="ahead")
    says = line(page, "ahead_hour_says")["items"][0]["text"]
    hours, days = line(page, "ahead_hour_steps"), line(page, "ahead_day_steps")

    assert [str(each) for each in page.exception] == []
    assert ("1" if language == "en" else "۱") in says
    assert len(page.get("vega_lite_chart")) == 2
    assert (len(hours["columns"]), len(hours["rows"])) == (3, 3)
    assert (len(days["columns"]), len(days["rows"])) == (5, 3)
    assert days["rows"][0][1]["text"] == days["rows"][0][3]["text"] == ("3.4" if language == "en" else "۳٫۴")


def test_rankings_stand_beside_each_other(
    planted: list[Post], visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours first; what is better beyond chance is said; a number leads to that ranking's listings."""
    monkeypatch.setattr("answers.backtest.backtest", judged)
    page = visit("backtest", lang="en", days="7", ranking="mastodon")
    (ours, other), (rise,) = (line(page, f"backtest_{name}")["rows"] for name in ("rankings", "rises"))

    assert [str(each) for each in page.exception] == []
    assert [ours[0]["text"], ours[-1]["text"]] == ["Rasad", "ours"]
    assert other[-1]["text"] == "Better: more precise."
    assert (other[1]["text"], other[1]["below"]) == ("50%", "25% to 75%")
    assert other[2]["link"]["params"]["ranking"] == "mastodon"
    assert rise[3]["link"]["view"] == "posts"
    assert [rise[-2]["text"], rise[-1]["text"]] == ["3 hours before the peak", "never"]
