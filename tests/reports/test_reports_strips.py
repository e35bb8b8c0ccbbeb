"""Strips of what was heard are plain mappings, on the axis of the bars above them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reports.charts import PICKED, Bar, Reader
from reports.strips import COLOURS, Part, Piece, Row, strip, volume_over_strip

START = datetime(2026, 11, 16, 20, 30, tzinfo=UTC)
DAY = timedelta(days=1)
ENGLISH = Reader(language="en", time_zone="Asia/Tehran", calendar="gregorian")
PERSIAN = Reader(language="fa", time_zone="Asia/Tehran", calendar="jalali")


def piece(place: int, **shares: float) -> Piece:
    order: tuple[Part, ...] = ("collected", "silent", "missing", "deleted")
    return Piece(
        start=START + place * DAY, end=START + (place + 1) * DAY,
        shares=tuple((part, shares.get(part, 0.0)) for part in order),
    )  # fmt: skip


PIECES = [
    piece(0, collected=0.75, missing=0.25),
    piece(1),
    piece(2, silent=1.0),
    piece(3, collected=0.999, missing=0.001),
]
BARS = [Bar(start=START + place * DAY, end=START + (place + 1) * DAY, value=place) for place in range(4)]


def drawn(spec: dict[str, Any]) -> list[tuple[float, str, float, float]]:
    """Start, part, top and bottom of each rectangle of a strip."""
    data = spec["data"]["values"] if "layer" not in spec else spec["layer"][1]["data"]["values"]
    return [(each["start"], each["part"], round(each["top"], 3), round(each["bottom"], 3)) for each in data]


def test_a_bucket_is_filled_from_below_by_its_parts() -> None:
    """Three quarters collected, a quarter missing above; a bucket of which nothing is known stays empty."""
    spec = strip([Row(name="", pieces=tuple(PIECES[:3]))], ENGLISH)
    first, third = START.timestamp(), (START + 2 * DAY).timestamp()

    assert drawn(spec) == [
        (first, "collected", 0.325, 0.85),
        (first, "missing", 0.15, 0.325),
        (third, "silent", 0.15, 0.85),
    ]
    assert spec["data"]["values"][0]["told"] == "collected 75%, missing 25%"
    assert spec["data"]["values"][0]["when"] == "Tuesday 17 November"


def test_however_little_is_missing_can_be_seen() -> None:
    """A thousandth is drawn as an eighth of the height, and told as what it is."""
    spec = strip([Row(name="", pieces=(PIECES[3],))], ENGLISH)
    (_, collected, top, _), (_, missing, _, bottom) = drawn(spec)

    assert (collected, missing, top) == ("collected", "missing", bottom)
    assert 0.2 < top < 0.3
    assert spec["data"]["values"][1]["told"] == "collected 99.9%, missing 0.1%"


def test_a_strip_lies_below_the_bars_on_their_axis() -> None:
    """One axis of time, moved down by the height of the strip; only the bars are picked."""
    spec = volume_over_strip(BARS, PIECES, ENGLISH, label="Posts")
    bars, below = spec["layer"]

    assert [value["start"] for value in bars["data"]["values"]] == [bar.start.timestamp() for bar in BARS]
    assert {value["start"] for value in below["data"]["values"]} < {bar.start.timestamp() for bar in BARS}
    assert bars["encoding"]["x"]["axis"]["offset"] > 12
    assert bars["encoding"]["x"]["field"] == below["encoding"]["x"]["field"] == "start"
    assert below["encoding"]["y"]["scale"] is None
    assert spec["resolve"]["scale"]["y"] == "independent"
    assert [params["name"] for params in spec["params"]] == [PICKED]


@pytest.mark.parametrize(
    ("reader", "missing", "side"), [(ENGLISH, "missing", "left"), (PERSIAN, "\u2067جامانده\u2069", "right")]
)
def test_rows_are_named_and_run_with_the_script(reader: Reader, missing: str, side: str) -> None:
    """Persian time runs leftwards, names stand on the right; the legend names each colour in words."""
    rows = [Row(name=name, pieces=tuple(PIECES)) for name in ("chatra", "teapot")]
    spec = strip(rows, reader)
    x, y, colour = (spec["encoding"][name] for name in ("x", "y", "color"))

    assert x["scale"]["reverse"] is reader.mirrored
    assert y["axis"]["orient"] == side
    assert "chatra" in y["axis"]["labelExpr"]
    assert y["axis"]["values"] == [0.5, 1.5]
    assert len(colour["scale"]["domain"]) == len(COLOURS)
    assert colour["scale"]["range"][colour["scale"]["domain"].index(missing)] == COLOURS["missing"]
