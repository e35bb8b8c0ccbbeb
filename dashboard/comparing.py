"""Hashtags beside each other: what is typed, the curves, and the tables whose numbers open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import streamlit as st

from answers.compare import LEAST_AUTHORS, LEAST_POSTS, MOST, Comparison, Pair, Side, is_tag
from answers.counting import Bucket
from dashboard import filters, parts, tallies
from dashboard.address import link_to
from dashboard.filters import Asked
from dashboard.visit import Visit
from posts.answer import Figure
from reports import charts, lines
from words import digits
from words.bidi import isolate_auto, stripped

SCALES: Final = ("absolute", "indexed")
_SEPARATORS: Final = re.compile(r"[,،;؛\n]")


def split(typed: str) -> list[str]:
    """What is to be compared: parted by commas, or by spaces where all are hashtags.

    >>> split("#tea, coffee or cup"), split("#tea #cup")
    (['#tea', 'coffee or cup'], ['#tea', '#cup'])
    """
    found = [part.strip() for part in _SEPARATORS.split(typed) if part.strip()]
    words = typed.split()
    if len(found) == 1 and all(word[0] in "#＃" for word in words):
        found = words
    return list(dict.fromkeys(found))


def choose(visit: Visit) -> list[str]:
    """The sides that the address or the field names."""
    if filters.came_from_outside() or "compare_tags" not in st.session_state:
        st.session_state["compare_tags"] = filters.part("tags")
    typed = st.text_input(
        visit.text("compare.field"), key="compare_tags", max_chars=600, placeholder="#tea, #coffee",
        help=visit.text("compare.field_help", most=visit.number(MOST)),
    )  # fmt: skip
    return split(typed)


def choose_scale(visit: Visit, asked: Asked, typed: Sequence[str]) -> bool:
    """Whether each curve is shown by its own peak; the address keeps it with the sides."""
    if filters.came_from_outside() or "compare_scale" not in st.session_state:
        st.session_state["compare_scale"] = "indexed" if filters.part("scale") == "indexed" else "absolute"
    chosen = st.segmented_control(
        visit.text("compare.scale"), SCALES, key="compare_scale", required=True,
        format_func=lambda code: visit.text(f"compare.scales.{code}"), label_visibility="collapsed",
    )  # fmt: skip
    scale = "indexed" if chosen == "indexed" else ""
    filters.write(visit, asked.filters, tags=", ".join(typed), scale=scale)
    return bool(scale)


def draw_lines(visit: Visit, sides: Sequence[Side], *, indexed: bool) -> None:
    """A curve for each; a click on a point opens its posts."""
    reader = charts.Reader(language=visit.language, time_zone=visit.time_zone, calendar=visit.calendar)
    drawn = [lines.Line(name=stripped(side.name), bars=_bars(side.series), faint=side.thin) for side in sides]
    label = visit.text("compare.index") if indexed else visit.common("label.posts")
    spec = lines.chart(drawn, reader, label=label, indexed=indexed)
    place = tallies.draw_chart(spec, key="compare_lines", alt=visit.text("compare.lines_alt"))
    points = [bucket.posts for side in sides for bucket in side.series]
    if place is not None and place < len(points):
        parts.go(parts.way(link_to("posts", points[place].selection, base=visit.base)))


def _bars(series: Sequence[Bucket]) -> tuple[charts.Bar, ...]:
    starts = [bucket.start for bucket in series]
    width = starts[-1] - starts[-2] if len(starts) > 1 else timedelta(hours=1)
    ends = [*starts[1:], starts[-1] + width]
    return tuple(
        charts.Bar(start=bucket.start, end=end, value=bucket.posts.value or 0)
        for bucket, end in zip(series, ends, strict=True)
    )


def name_cell(visit: Visit, asked: Asked, side: Side) -> parts.Item:
    """A side as a way to its hashtag's page, or to the posts of its query; grey where it is too little."""
    cell: parts.Item = {"text": stripped(side.name), "auto": True}
    if side.hashtag is not None:
        cell["link"] = parts.way(asked.to("hashtag", visit, hashtag=side.hashtag))
    if side.thin:
        cell["below"] = visit.text("compare.thin")
    return cell


def draw_numbers(visit: Visit, asked: Asked, sides: Sequence[Side]) -> None:
    """The figures of each, in a row."""
    columns: list[parts.Item] = [
        {"label": visit.common("label.hashtag"), "wide": True},
        {"label": visit.common("label.posts"), "number": True},
        {"label": visit.text("compare.share"), "number": True, "hint": visit.text("compare.share_hint")},
        {"label": visit.common("label.authors"), "number": True},
        {"label": visit.common("label.engagement"), "number": True},
        {"label": visit.text("compare.per_post"), "number": True, "minor": True},
    ]
    most = max((side.posts.value or 0 for side in sides), default=0) or 1
    rows: list[list[parts.Item]] = [
        [
            name_cell(visit, asked, side),
            {**parts.number(visit, side.posts), "bar": (side.posts.value or 0) / most},
            _share(visit, side),
            parts.number(visit, side.authors),
            parts.number(visit, side.engagement),
            _muted({"text": digits.number(side.per_post, visit.language, 1)}, side),
        ]
        for side in sides
    ]
    parts.draw_table(columns, rows, label=visit.text("compare.title"), key="compare_numbers")
    if any(side.thin for side in sides):
        least = visit.counted("post", LEAST_POSTS), visit.counted("author", LEAST_AUTHORS)
        st.caption(visit.text("compare.thin_told", posts=least[0], authors=least[1]))


def _muted(cell: parts.Item, side: Side) -> parts.Item:
    return {**cell, "tone": "muted"} if side.thin else cell


def _share(visit: Visit, side: Side) -> parts.Item:
    """The share of all posts of the window, with its bounds below."""
    cell: parts.Item = _muted({"text": visit.part(side.share)}, side)
    if side.share_bounds is None:
        return cell
    low, high = (digits.percent(bound, visit.language, 1) for bound in side.share_bounds)
    return {**cell, "below": visit.text("compare.bounds", low=low, high=high)}


def _busiest(visit: Visit, side: Side) -> str:
    """The hour of the day with most posts; none is named of too little."""
    if side.thin:
        return digits.UNKNOWN
    hour = max(range(24), key=side.hours.__getitem__)
    return digits.localised(f"{hour:02}:00", visit.language)


def draw_made_of(visit: Visit, sides: Sequence[Side], kind: str) -> None:
    """The platforms or languages of each, side by side; each number opens."""
    counted = [dict(side.platforms if kind == "platform" else side.languages) for side in sides]
    totals: dict[str, float] = {}
    for figures in counted:
        for name, figure in figures.items():
            totals[name] = totals.get(name, 0) + (figure.value or 0)
    names = sorted(totals, key=lambda name: (-totals[name], name))
    columns: list[parts.Item] = [{"label": visit.common(f"label.{kind}")}]
    columns += [{"label": isolate_auto(stripped(side.name)), "number": True} for side in sides]
    rows: list[list[parts.Item]] = []
    for name in names:
        cells = [_part(visit, side, figures.get(name)) for side, figures in zip(sides, counted, strict=True)]
        rows.append([{"text": visit.name_of(kind, name), "auto": True}, *cells])
    parts.draw_table(columns, rows, label=visit.common(f"label.{kind}"), key=f"compare_{kind}")


def _part(visit: Visit, side: Side, figure: Figure | None) -> parts.Item:
    if figure is None or not side.posts.value:
        return {"text": visit.number(0), "tone": "muted"}
    share = (figure.value or 0) / side.posts.value
    return {**parts.number(visit, figure), "bar": share}


def draw_hours(visit: Visit, sides: Sequence[Side]) -> None:
    """At which hours of the day each is written: a curve from midnight on, and the hour with most posts."""
    items: list[parts.Item] = [
        {
            "label": isolate_auto(stripped(side.name)),
            "value": {"text": _busiest(visit, side)},
            "curve": None if side.thin else [float(count) for count in side.hours],
        }
        for side in sides
    ]
    parts.draw_figures(items, key="compare_hours")


def draw_overlap(visit: Visit, found: Comparison) -> None:
    """Who is in both, for every two: people above, and posts with both."""
    columns: list[parts.Item] = [
        {"label": visit.text("compare.pair"), "wide": True},
        {"label": visit.text("compare.people"), "number": True},
        {"label": visit.text("compare.of_first"), "number": True},
        {"label": visit.text("compare.of_second"), "number": True},
        {"label": visit.text("compare.both"), "number": True},
    ]
    rows = [_overlap(visit, found, pair) for pair in found.pairs]
    parts.draw_table(columns, rows, label=visit.text("compare.overlap"), key="compare_overlap")


def _overlap(visit: Visit, found: Comparison, pair: Pair) -> list[parts.Item]:
    one, other = found.sides[pair.first], found.sides[pair.second]
    people: parts.Item = {"text": visit.number(pair.people)}
    if pair.authors is not None:
        people = parts.number(visit, pair.authors)
    elif pair.people:
        people["below"] = visit.text("compare.too_many")
    shares = [
        visit.part(pair.people / side.authors.value) if side.authors.value else digits.UNKNOWN
        for side in (one, other)
    ]
    names = [isolate_auto(stripped(side.name)) for side in (one, other)]
    name = visit.text("compare.pair_of", one=names[0], other=names[1])
    return [
        {"text": name, "auto": True},
        people,
        {"text": shares[0]},
        {"text": shares[1]},
        parts.number(visit, pair.posts),
    ]  # fmt: skip


def tags_of(sides: Sequence[str]) -> list[str]:
    """Those of what was typed that are hashtags."""
    return [side for side in sides if is_tag(side)]
