"""Charts are plain mappings: what stands in them is what a reader sees."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from reports.charts import MARKED, PICKED, Bar, Dot, Reader, growth, picked_place, times, volume

START = datetime(2026, 11, 16, 20, 30, tzinfo=UTC)
ENGLISH = Reader(language="en", time_zone="Asia/Tehran", calendar="gregorian")
PERSIAN = Reader(language="fa", time_zone="Asia/Tehran", calendar="jalali")


def bars(count: int, step: timedelta) -> list[Bar]:
    return [
        Bar(start=START + place * step, end=START + (place + 1) * step, value=place * 1000)
        for place in range(count)
    ]


def test_volume_gives_each_bar_its_place_its_time_and_its_number() -> None:
    """A bar carries its place for clicks, and what a reader is told when pointing at it."""
    expected = {"id": 1, "when": "Wednesday 18 November", "amount": "1,000", "value": 1000}

    values = volume(bars(3, timedelta(days=1)), ENGLISH, label="Posts")["data"]["values"]

    assert len(values) == 3
    assert {name: values[1][name] for name in expected} == expected


def test_volume_runs_from_right_to_left_in_persian() -> None:
    """Persian time runs leftwards, values stand on the right, digits are Persian, labels are isolated."""
    spec = volume(bars(3, timedelta(days=1)), PERSIAN, label="پست‌ها")  # posts
    x, y = spec["encoding"]["x"], spec["encoding"]["y"]

    assert x["scale"]["reverse"] is True
    assert y["axis"]["orient"] == "right"
    assert spec["config"]["locale"]["number"]["numerals"][3] == "۳"  # 3
    assert spec["data"]["values"][1]["amount"] == "\u2067۱٬۰۰۰\u2069"  # 1,000
    assert "\u2067۲۷ آبان\u2069" in x["axis"]["labelExpr"]  # 27 Aban


def test_volume_runs_from_left_to_right_in_english() -> None:
    """English keeps its direction and its digits."""
    spec = volume(bars(3, timedelta(days=1)), ENGLISH, label="Posts")

    assert spec["encoding"]["x"]["scale"]["reverse"] is False
    assert spec["encoding"]["y"]["axis"]["orient"] == "left"
    assert "numerals" not in spec["config"]["locale"]["number"]


def test_volume_ticks_stand_at_midnights_of_the_time_zone() -> None:
    """Days begin at 20:30 UTC in Tehran, whatever zone the browser keeps."""
    ticks = volume(bars(4, timedelta(days=1)), ENGLISH, label="Posts")["encoding"]["x"]["axis"]["values"]

    assert [int(START.timestamp()) + day * 86400 for day in range(4)] == ticks


@pytest.mark.parametrize(
    ("count", "step"),
    [
        pytest.param(24, timedelta(hours=1), id="a day by hours"),
        pytest.param(28, timedelta(hours=6), id="a week by quarters"),
        pytest.param(30, timedelta(days=1), id="a month by days"),
        pytest.param(365, timedelta(days=1), id="a year by days"),
    ],
)
def test_volume_has_a_readable_number_of_ticks(count: int, step: timedelta) -> None:
    """Whatever the span, the axis has some labels and not too many."""
    ticks = volume(bars(count, step), PERSIAN, label="x")["encoding"]["x"]["axis"]["values"]

    assert 4 <= len(ticks) <= 14


def test_marked_bars_have_another_colour() -> None:
    """Only where there are any; the others keep that of the theme."""
    plain = bars(3, timedelta(days=1))
    high = [*plain[:2], Bar(start=plain[2].start, end=plain[2].end, value=9, marked=True)]

    spec = volume(high, ENGLISH, label="Posts")
    assert [row["marked"] for row in spec["data"]["values"]] == [False, False, True]
    assert spec["encoding"]["color"] == {"condition": [{"test": "datum.marked", "value": MARKED}]}
    assert "color" not in volume(plain, ENGLISH, label="Posts")["encoding"]


def test_volume_of_nothing_is_still_a_chart() -> None:
    """No bars make an empty chart, not a failure."""
    assert volume([], ENGLISH, label="Posts")["data"]["values"] == []


def test_a_chart_carries_nothing_to_fetch() -> None:
    """A specification names no address: the data stand in it."""
    spec = volume(bars(3, timedelta(days=1)), ENGLISH, label="Posts")

    assert "http" not in json.dumps(spec)


def test_growth_isolates_names_that_others_wrote() -> None:
    """A hashtag keeps its own direction inside the drawing."""
    dots = [Dot(name="#چای", size=12, growth=3.5, status="rising")]  # tea

    values = growth(dots, ENGLISH, size="Posts", growth="Growth")["data"]["values"]

    assert values[0]["name"] == "\u2068#چای\u2069"
    assert values[0]["status"] == "rising"
    assert values[0]["growth_written"] == "×3.5"


def test_growth_puts_what_is_new_above_all() -> None:
    """What nobody expected has no ratio; it stands highest and says that it is new."""
    dots = [
        Dot(name="#a", size=5, growth=8.0, status="rising"),
        Dot(name="#b", size=5, growth=None, status="new"),
    ]

    values = growth(dots, ENGLISH, size="x", growth="y")["data"]["values"]

    assert values[1]["growth"] > values[0]["growth"]
    assert values[1]["growth_written"] == "new"


def test_growth_takes_zero_on_its_logarithmic_scale() -> None:
    """A hashtag that fell to nothing is drawn at the foot of the scale, not lost."""
    dots = [Dot(name="#a", size=1, growth=0.0, status="fading")]

    spec = growth(dots, PERSIAN, size="x", growth="y")

    assert spec["data"]["values"][0]["growth"] > 0


@pytest.mark.parametrize(
    ("ratio", "language", "expected"),
    [
        pytest.param(3.21, "en", "×3.2", id="english"),
        pytest.param(3.21, "fa", "۳٫۲ برابر", id="persian"),  # 3.2 times
        pytest.param(123.4, "en", "×123", id="large"),
        pytest.param(None, "en", "new", id="new"),
    ],
)
def test_times_is_written_in_each_language(ratio: float | None, language: str, expected: str) -> None:
    """A ratio reads as so many times, one of nothing as new."""
    assert times(ratio, language) == expected


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param({"selection": {PICKED: [{"id": 4}]}}, 4, id="one bar"),
        pytest.param({"selection": {PICKED: []}}, None, id="nothing"),
        pytest.param({"selection": {PICKED: [{"id": "x"}]}}, None, id="nonsense"),
        pytest.param(None, None, id="no event"),
    ],
)
def test_picked_place_reads_what_was_clicked(event: object, expected: int | None) -> None:
    """A click gives the place of its bar, anything else gives none."""
    assert picked_place(event) == expected
