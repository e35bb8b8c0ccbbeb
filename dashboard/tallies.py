"""How many, against how many before, and made up of what: cards, curves of volume, and shares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import streamlit as st

from answers.counting import Bucket
from answers.overview import Overview, Share
from dashboard import parts
from dashboard.address import link_to
from dashboard.visit import Visit
from posts.answer import Figure
from reports import charts, strips


def draw_overview_cards(visit: Visit, found: Overview) -> None:
    """Posts, authors and engagement, each against the period of equal length before."""
    before = found.previous
    curve = [float(bucket.posts.value or 0) for bucket in found.series]
    items = [
        _card(visit, "posts", found.posts, before.posts, curve),
        _card(visit, "authors", found.authors, before.authors, None),
        _card(visit, "engagement", found.engagement, before.engagement, None),
    ]
    own = next((share for share in found.share_of_voice if share.ours), None)
    if own is not None:
        value = parts.number(visit, own.posts, text=visit.percent(own.share))
        below = {"label": visit.common("label.posts"), **parts.number(visit, own.posts)}
        items.append({"label": visit.common("label.share_of_voice"), "value": value, "before": below})
    parts.draw_figures(items, key="overview_cards")


def _card(visit: Visit, name: str, now: Figure, before: Figure, curve: list[float] | None) -> parts.Item:
    return {
        "label": visit.common(f"label.{name}"),
        "value": parts.number(visit, now),
        "change": parts.change(visit, now, before),
        "before": {"label": visit.text("before"), **parts.number(visit, before)},
        "curve": curve,
    }


def draw_cards_of(visit: Visit, figures: Sequence[tuple[str, Figure]], *, key: str) -> None:
    """Numbers without a comparison, each under its name among the common labels."""
    items = [
        {"label": visit.common(f"label.{name}"), "value": parts.number(visit, figure)}
        for name, figure in figures
    ]
    parts.draw_figures(items, key=key)


def draw_volume(
    visit: Visit,
    series: Sequence[Bucket],
    *,
    key: str,
    heard: Sequence[strips.Piece] = (),
    marks: Sequence[tuple[datetime, datetime]] = (),
) -> None:
    """Posts by time as bars, over a strip of what was ``heard``; a click on a bar opens its posts.

    Bars that lie in one of the spans ``marks`` have another colour.
    """
    if not series:
        return
    reader = charts.Reader(language=visit.language, time_zone=visit.time_zone, calendar=visit.calendar)
    bars = [
        charts.Bar(
            start=bucket.start,
            end=end,
            value=bucket.posts.value or 0,
            marked=any(since < end and bucket.start < until for since, until in marks),
        )
        for bucket, end in zip(series, _ends(series), strict=True)
    ]
    label = visit.common("label.posts")
    most = max(bars, key=lambda bar: bar.value)
    alt = visit.text("volume_alt", since=visit.moment(bars[0].start), until=visit.moment(bars[-1].end),
                     most=visit.number(most.value), when=visit.moment(most.start))  # fmt: skip
    if marks:
        alt = f"{alt} {visit.text('bursts.alt', n=visit.number(len(marks)))}"
    if heard:
        spec = strips.volume_over_strip(bars, heard, reader, label=label)
    else:
        spec = charts.volume(bars, reader, label=label)
    place = draw_chart(spec, key=key, alt=alt)
    if place is not None and place < len(series):
        parts.go(parts.way(link_to("posts", series[place].posts.selection, base=visit.base)))


def _ends(series: Sequence[Bucket]) -> list[datetime]:
    """Where each bar ends: at the next one; the last is as wide as the one before, though it is not over."""
    starts = [bucket.start for bucket in series]
    width = starts[-1] - starts[-2] if len(starts) > 1 else timedelta(hours=1)
    return [*starts[1:], starts[-1] + width]


def draw_chart(spec: charts.Spec, *, key: str, alt: str) -> int | None:
    """Draw the chart; which of its things was clicked in this run, if one was."""
    event: Any = st.vega_lite_chart(
        spec, key=key, on_select="rerun", selection_mode=charts.PICKED, alt=alt, width="stretch"
    )
    return charts.picked_place(event)


def draw_shares(visit: Visit, shares: Sequence[Share]) -> None:
    """Whom the talk is about: our brand and its rivals."""
    if not shares:
        st.caption(visit.text("overview.no_brands"))
        return
    rows: list[list[parts.Item]] = [
        [
            {
                "text": visit.brand_name(share.id, share.name),
                "auto": True,
                "chip": share.ours,
                "tone": "accent" if share.ours else "",
            },
            {**parts.number(visit, share.posts), "bar": share.share or 0.0, "strong": share.ours},
            parts.number(visit, share.posts, text=visit.percent(share.share)),
        ]
        for share in shares
    ]  # fmt: skip
    columns: list[parts.Item] = [
        {"label": visit.text("brand")},
        {"label": visit.common("label.posts"), "number": True},
        {"label": visit.text("share"), "number": True},
    ]
    parts.draw_table(columns, rows, label=visit.common("label.share_of_voice"), key="shares")


def draw_parts(visit: Visit, kind: str, figures: Sequence[tuple[str, Figure]], *, key: str) -> None:
    """What the posts are made up of: by platform, language or source."""
    most = max((figure.value or 0 for _, figure in figures), default=0) or 1
    rows: list[list[parts.Item]] = [
        [
            {"text": visit.name_of(kind, name), "auto": True},
            {**parts.number(visit, figure), "bar": (figure.value or 0) / most},
        ]
        for name, figure in figures
    ]
    columns: list[parts.Item] = [
        {"label": visit.common(f"label.{kind}")},
        {"label": visit.common("label.posts"), "number": True},
    ]
    parts.draw_table(columns, rows, label=visit.common(f"label.{kind}"), key=f"{key}_{kind}")
