"""What was heard beside the numbers: the strip under a chart, and behind it each source with its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from answers.bursts import Bursts
from answers.counting import Bucket
from answers.heard import Cell, Heard, SourceHeard
from answers.listening import Reason
from dashboard import ask, outbreaks, parts, tallies
from dashboard.visit import Visit
from posts.selection import Selection
from reports import charts, strips
from trends.recapture import Amount, Share
from words.bidi import stripped

LISTED: Final = 30
"""So many reasons are listed, those of the longest time."""
ROWS: Final = 60


def pieces_of(cells: Sequence[Cell]) -> tuple[strips.Piece, ...]:
    """The buckets as a chart takes them."""
    return tuple(
        strips.Piece(
            start=cell.start,
            end=cell.end,
            shares=(
                ("collected", cell.parts.collected),
                ("silent", cell.parts.silent),
                ("missing", cell.parts.missing),
                ("deleted", cell.parts.deleted),
            ),
        )
        for cell in cells
    )


def share_told(visit: Visit, share: Share) -> str:
    """The share with its bounds: "96 % (93 % to 98 %)"; what it is at most, or that it cannot be told."""
    if share.share is None:
        if share.high is None:
            return visit.common("heard.unknown")
        return visit.common("heard.at_most", high=visit.part(share.high))
    told = visit.part(share.share)
    if share.low is None or share.high is None or share.high - share.low < 0.005:
        return told
    return visit.common("heard.between", share=told, low=visit.part(share.low), high=visit.part(share.high))


def draw_strip(visit: Visit, found: Heard, *, key: str) -> None:
    """The strip by itself, for pages whose chart has no axis of time; nothing where nothing is known."""
    if len(found.untold) < len(found.sources):
        row = strips.Row(name="", pieces=pieces_of(found.cells))
        _draw(visit, [row], found.heard, key=key)


def _draw(visit: Visit, rows: Sequence[strips.Row], share: Share, *, key: str) -> None:
    reader = charts.Reader(language=visit.language, time_zone=visit.time_zone, calendar=visit.calendar)
    alt = visit.text("heard.alt", share=share_told(visit, share))
    st.vega_lite_chart(strips.strip(rows, reader), key=key, alt=alt, width="stretch")


def draw_behind(visit: Visit, found: Heard, *, key: str) -> None:
    """A door to what each source gave, missed and why."""
    if not found.sources:
        return
    title = visit.text("heard.share", share=share_told(visit, found.heard))
    with st.expander(title, icon=":material/hearing:", key=f"{key}_behind"):
        draw_sources(visit, found.sources, key=key)
        draw_reasons(visit, found.sources, key=key)
        parts.draw_definitions(visit, "heard")


def draw_sources(visit: Visit, sources: Sequence[SourceHeard], *, key: str) -> None:
    """Each source: the share heard and how it is known, its posts, and about how many are missing."""
    columns: list[parts.Item] = [
        {"label": visit.common("label.source")},
        {"label": visit.common("label.heard")},
        {"label": visit.common("label.posts"), "number": True},
        {"label": visit.common("label.missing"), "number": True},
        {"label": visit.common("label.deleted"), "number": True, "minor": True},
    ]
    rows: list[list[parts.Item]] = [
        [
            {"text": stripped(source.source), "auto": True},
            {"text": share_told(visit, source.heard), "below": _known(visit, source)},
            parts.number(visit, source.posts),
            {"text": _amount(visit, source.missing) if source.known else "", "tone": "muted"},
            {"text": visit.number(source.deleted), "tone": "muted"},
        ]
        for source in sources
    ]
    parts.draw_table(columns, rows, label=visit.text("heard.by_source"), key=f"{key}_sources")


def _known(visit: Visit, source: SourceHeard) -> str:
    """How the share is known, and of which part of the time, where that is not nearly all of it."""
    method = visit.common(f"heard.method.{source.heard.method}")
    if not 0 < source.known < 0.95:
        return method
    return f"{method} ({visit.text('heard.known', share=visit.part(source.known))})"


def _amount(visit: Visit, amount: Amount | None) -> str:
    """About how many, with bounds unless they are counted."""
    if amount is None:
        return visit.common("heard.unknown")
    value = visit.number(round(amount.value))
    if amount.low == amount.high:
        return value
    return visit.common(
        "heard.between",
        share=visit.common("approximately", n=value),
        low=visit.number(round(amount.low)),
        high=visit.number(round(amount.high)),
    )


def draw_reasons(visit: Visit, sources: Sequence[SourceHeard], *, key: str) -> None:
    """When posts were missed and why, the newest first."""
    reasons = [reason for source in sources for reason in source.reasons]
    if not reasons:
        if any(source.known for source in sources):
            st.caption(visit.text("heard.nothing_missing"))
        return
    longest = sorted(reasons, key=lambda each: each.since - each.until)[:LISTED]
    shown = sorted(longest, key=lambda each: each.until, reverse=True)
    columns: list[parts.Item] = [
        {"label": visit.common("label.time")},
        {"label": visit.common("label.source")},
        {"label": visit.common("label.reason")},
        {"label": visit.common("label.posts"), "number": True},
    ]
    rows = [_reason(visit, reason) for reason in shown]
    parts.draw_table(columns, rows, label=visit.text("heard.reasons"), key=f"{key}_reasons")
    every = sum(source.reasons_all for source in sources)
    if every > len(shown):
        st.caption(visit.text("heard.more", n=visit.number(len(shown)), of=visit.number(every)))


def _reason(visit: Visit, reason: Reason) -> list[parts.Item]:
    when = visit.moment(reason.since)
    if reason.until > reason.since:
        when = visit.text("heard.span", since=when, until=visit.moment(reason.until))
    return [
        {"text": when},
        {"text": stripped(reason.source), "auto": True},
        {"text": visit.name_of("missing", reason.why), "below": stripped(reason.said)[:300],
         "hint": stripped(reason.run_id)},
        {"text": visit.number(reason.posts)},
    ]  # fmt: skip


def draw_last_week(visit: Visit) -> None:
    """On the page of sources: a strip for each source over the last seven days."""
    found = ask.heard(visit, Selection()).value
    told = [source for source in found.sources if source.known][:ROWS]
    if not found.sources:
        return
    st.subheader(visit.text("heard.last_week"))
    if told:
        rows = [strips.Row(name=stripped(each.source), pieces=pieces_of(each.cells)) for each in told]
        _draw(visit, rows, found.heard, key="heard_week")
    draw_behind(visit, found, key="heard_week")


def draw_volume(
    visit: Visit, series: Sequence[Bucket], found: Heard, *, key: str, bursts: Bursts | None = None
) -> None:
    """Posts by time with the strip of what was heard below them, and the door to what is behind it.

    ``bursts`` are marked among the bars and told between both.
    """
    told = len(found.untold) < len(found.sources)
    marks = outbreaks.marks_of(bursts) if bursts else ()
    tallies.draw_volume(visit, series, key=key, heard=pieces_of(found.cells) if told else (), marks=marks)
    if bursts:
        outbreaks.draw_bursts(visit, bursts, key=key)
    draw_behind(visit, found, key=key)
