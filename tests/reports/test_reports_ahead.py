"""A forecast drawn as a fan on one axis with its past, and told in sentences of both languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from answers.forecast import Outlook, Step
from reports.ahead import sentences
from reports.charts import PICKED, Bar, Reader
from reports.fan import Blade, fan
from trends.forecast import Cannot, Check, Span
from words.digits import persian

START = datetime(2026, 11, 16, 20, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
ENGLISH = Reader(language="en", time_zone="Asia/Tehran", calendar="gregorian")
PERSIAN = Reader(language="fa", time_zone="Asia/Tehran", calendar="jalali")
SPAN = Span(value=12.4, low50=9, high50=15, low80=6, high80=20)
CHECK = Check(
    origins=200, steps=640, error=1.5, copy_error=2.0, copied=168, mase=0.75, copy_mase=1.0,
    total_error=30.0, copy_total_error=41.0, held50=0.5, held80=0.81, total_held80=0.79,
)  # fmt: skip


def outlook(*, cannot: Cannot | None = None, check: Check | None = CHECK, unheard: int = 0) -> Outlook:
    return Outlook(
        measure="posts", horizon="hour", origin=START, past=(),
        steps=() if cannot else (Step(start=START, end=START + HOUR, span=SPAN),),
        total=None if cannot else SPAN, check=check, cannot=cannot, history=700, unheard=unheard,
    )  # fmt: skip


def test_fan_follows_its_past_on_one_axis() -> None:
    """Bars up to the origin, both intervals and the middle behind it; in Persian time runs leftwards."""
    past = [Bar(start=START - HOUR, end=START, value=3)]
    blade = Blade(start=START, end=START + HOUR, value=12.4, inner=(9, 15), outer=(6, 20))
    for reader in (ENGLISH, PERSIAN):
        spec = fan(past, [True], [blade], reader, label="posts")
        bars, outer, inner, middle = (layer["data"]["values"][0] for layer in spec["layer"])
        scale = spec["layer"][0]["encoding"]["x"]["scale"]

        assert (bars["low"], bars["high"], bars["end"] < START.timestamp()) == (0, 3, True)
        assert bars["seen"] < 1
        assert [(each["low"], each["high"]) for each in (outer, inner)] == [(6, 20), (9, 15)]
        assert middle["low"] < 12.4 < middle["high"]
        assert scale["domain"] == [(START - HOUR).timestamp(), (START + HOUR).timestamp()]
        assert scale["reverse"] is reader.mirrored
        assert spec["params"][0]["name"] == PICKED
    assert persian("20") in outer["outer"]


def test_what_is_told_of_a_forecast() -> None:
    """The sum with its intervals, how the past fared against the copy, and which to believe."""
    told = sentences(outlook(unheard=3), "en", "Asia/Tehran", "gregorian")

    assert told[0].startswith("About 12 posts in the 24 hours from 17 November 2026, 00:00")
    assert "6 to 20" in told[0]
    assert "off by 30 posts on average, a copy of the week before by 41 posts" in told[1]
    assert "held 79%" in told[1]
    assert "0.75 against 1.00" in told[2]
    assert told[3] == "On this past the forecast was better than the copy."
    assert told[4].startswith("3 hours of this past were not listened to")


@pytest.mark.parametrize(
    ("cannot", "said"),
    [
        (Cannot(reason="short", have=70, need=144), "too short, 70 hours where 144 hours"),
        (Cannot(reason="silent", have=1, need=12), "1 hour of the past brought anything; 12 hours"),
        (Cannot(reason="unheard", have=0.4, need=0.6), "only 40% of the latest time was listened to; 60%"),
        (Cannot(reason="unsteady", have=0.5, need=0.62), "have held 50%; less than 62%"),
        (Cannot(reason="burst", have=40.2, need=6.0), "by 40 times the usual scatter; up to 6.0"),
    ],
    ids=lambda value: value.reason if isinstance(value, Cannot) else "",
)
def test_why_nothing_can_be_told(cannot: Cannot, said: str) -> None:
    """Each reason with its numbers; in Persian there is a sentence too, with Persian digits."""
    told = sentences(outlook(cannot=cannot, check=None), "en", "Asia/Tehran", "gregorian")
    translated = sentences(outlook(cannot=cannot, check=None), "fa", "Asia/Tehran", "jalali")

    assert len(told) == len(translated) == 1
    assert said in told[0]
    assert not any(digit in translated[0] for digit in "1234567890".replace("8", "").replace("0", ""))
