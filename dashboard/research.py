"""Which hashtags suit: the question, the table of candidates, and the verdict with its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from answers.research import Common, Research, TagResearch, Unknown
from dashboard import filters, parts, tags
from dashboard.filters import Asked
from dashboard.visit import Visit
from posts.answer import Figure
from reports import charts
from trends.lasting import Lasting
from trends.lift import Lift
from trends.verdict import Reason
from words import digits, texts
from words.bidi import stripped

KINDS: Final = ("seed", "draft", "audience")
LONGEST: Final = 500
"""Signs of a draft: it stands in the address."""
SEPARATOR: Final = " · "
VERDICT_TONES: Final = {
    "great now": "good", "good for long": "good", "crowded": "bad", "angry": "bad", "dead": "bad",
    "quiet": "", "too little to tell": "muted",
}  # fmt: skip
LIGHT_TONES: Final = {"green": "good", "amber": "accent", "red": "bad"}


def choose(visit: Visit, asked: Asked) -> tuple[str, str]:
    """What the visitor has (one of ``KINDS``) and the words of it; empty until some are given."""
    state = st.session_state
    if filters.came_from_outside() or "research_text" not in state:
        wanted = filters.part("given")
        state["research_kind"] = wanted if wanted in KINDS else KINDS[0]
        state["research_text"] = filters.part("seek")[:LONGEST]
    kind = st.segmented_control(
        visit.text("research.kind"), KINDS, key="research_kind", required=True,
        format_func=lambda code: visit.text(f"research.kinds.{code}"), label_visibility="collapsed",
    )  # fmt: skip
    with st.form("research_form", border=False):
        text = st.text_area(
            visit.text(f"research.kinds.{kind}"), key="research_text", max_chars=LONGEST,
            placeholder=visit.text(f"research.hints.{kind}"), height=100 if kind == "draft" else 68,
        )  # fmt: skip
        st.form_submit_button(visit.text("research.search"), icon=":material/search:")
    given = text.strip()
    shown = {"seek": given, "given": str(kind) if given and kind != KINDS[0] else ""}
    filters.write(visit, asked.filters, **shown)
    return str(kind), given


def options(kind: str, text: str) -> dict[str, Any]:
    """What is asked of ``answers.research``: several hashtags in a line are several seeds, words are one."""
    if kind != "seed":
        return {kind: text}
    words = text.split()
    several = len(words) > 1 and all(word.startswith(("#", "＃")) for word in words)
    return {"seeds": tuple(words) if several else (" ".join(words),)}


def draw_common(visit: Visit, asked: Asked, found: Sequence[Common]) -> None:
    """Much-used hashtags, each a way to ask about it."""
    if not found:
        return
    items: list[parts.Item] = [{"text": visit.text("research.common"), "tone": "muted"}]
    for row in found:
        written = f"#{stripped(row.name)}"
        link = asked.to("research", visit, seek=written)
        items.append({"text": written, "link": parts.way(link), "chip": True, "auto": True})
    parts.draw_line(items, key="research_common")


def draw_unknown(visit: Visit, asked: Asked, unknown: Sequence[Unknown]) -> None:
    """Seeds that are no hashtag here, with the known ones nearest to them."""
    for place, seed in enumerate(unknown):
        items: list[parts.Item] = [
            {"text": visit.text("research.unknown"), "tone": "muted"},
            {"text": stripped(seed.written), "tone": "strong"},
        ]
        if seed.nearest:
            items.append({"text": visit.text("research.nearest"), "tone": "muted"})
        items += [tags.tag_cell(visit, asked, key, name) for key, name in seed.nearest]
        parts.draw_line(items, key=f"research_unknown_{place}")


def draw_table(visit: Visit, asked: Asked, found: Research) -> None:
    """A row a hashtag: verdict and why, volume, lift, reach, and how long a post stays in sight."""
    columns: list[parts.Item] = [
        {"label": visit.common("label.hashtag"), "wide": True},
        {"label": visit.text("research.verdict")},
        {"label": visit.common("label.posts"), "number": True},
        {"label": visit.common("label.authors"), "number": True, "minor": True},
        {"label": visit.text("research.lift"), "number": True, "hint": visit.text("research.lift_hint")},
        {"label": visit.text("research.reach"), "number": True, "minor": True},
        {"label": visit.text("research.visible"), "number": True, "minor": True,
         "hint": visit.text("research.visible_hint")},
    ]  # fmt: skip
    rows = [_row(visit, asked, row) for row in found.rows]
    parts.draw_table(columns, rows, label=visit.text("research.title"), key="research_table")


def _row(visit: Visit, asked: Asked, row: TagResearch) -> list[parts.Item]:
    link = asked.to("hashtag", visit, hashtag=row.key, part="choice")
    reasons = SEPARATOR.join(reason(visit, each) for each in row.verdict.reasons)
    name = tags.tag_cell(visit, asked, row.key, row.name)
    return [
        {**name, "link": parts.way(link), "below": _word(visit, f"why.{row.why}")},
        {**verdict_chip(visit, row), "below": reasons},
        {**parts.number(visit, row.posts), "below": _rates(visit, row)},
        {**parts.number(visit, row.authors), "below": _word(visit, f"light.{row.verdict.light}"),
         "brief": True},
        lift_cell(visit, row.lift, row.posts),
        {**parts.number(visit, row.reach, text=digits.compact(row.reach.value, visit.language)),
         "below": _impressions(visit, row)},
        visible_cell(visit, row.visible),
    ]  # fmt: skip


def _word(visit: Visit, key: str, **values: object) -> str:
    return texts.text(f"research.{key}", visit.language, **values)


def verdict_chip(visit: Visit, row: TagResearch) -> parts.Item:
    """The verdict in a word."""
    code = row.verdict.code
    return {"text": _word(visit, f"verdict.{code}"), "chip": True, "tone": VERDICT_TONES[code]}


def light_chip(visit: Visit, row: TagResearch) -> parts.Item:
    """How sure the numbers are, and by how many people."""
    light = row.verdict.light
    told = f"{_word(visit, f'light.{light}')} · {visit.counted('author', row.verdict.authors)}"
    return {"text": told, "chip": True, "tone": LIGHT_TONES[light]}


def reason(visit: Visit, each: Reason) -> str:
    """A number against its threshold."""
    written = [_short(visit, value) for value in (each.value, each.threshold)]
    key = "reason.met" if each.met else "reason.missed"
    name = _word(visit, f"measure.{each.measure}")
    return _word(visit, key, measure=name, value=written[0], threshold=written[1])


def _short(visit: Visit, value: float) -> str:
    return visit.number(value, 0 if value >= 10 or value == round(value) else 1)


def _rates(visit: Visit, row: TagResearch) -> str:
    """Originals and shares an hour."""
    told = visit.text("research.an_hour", n=visit.number(row.posts_per_hour, 2))
    if row.shares_per_hour is None:
        return told
    shares = visit.text("research.shares_per_hour", n=visit.number(row.shares_per_hour, 2))
    return SEPARATOR.join([told, shares])


def _impressions(visit: Visit, row: TagResearch) -> str:
    if row.impressions.value is None:
        return ""
    n = digits.compact(row.impressions.value, visit.language)
    told = [visit.text("research.impressions_of", n=n)]
    if row.known_followers < 1:
        told.append(visit.text("research.known", share=visit.part(row.known_followers)))
    return SEPARATOR.join(told)


def lift_cell(visit: Visit, lift: Lift, opens: Figure) -> parts.Item:
    """The lift with its interval; that it cannot be told, and by how few."""
    if lift.ratio is None or lift.low is None or lift.high is None:
        few = visit.text("research.few", authors=visit.counted("author", lift.authors))
        return {"text": _word(visit, "cannot_tell"), "tone": "muted", "below": few, "brief": True}
    tone = "good" if lift.low > 1 else "bad" if lift.high < 1 else ""
    low, high = (visit.number(value, 2 if value < 10 else 0) for value in (lift.low, lift.high))
    told = parts.number(visit, opens, text=charts.times(lift.ratio, visit.language))
    return {**told, "tone": tone, "below": visit.text("research.range", low=low, high=high), "brief": True}


def visible_cell(visit: Visit, visible: Lasting) -> parts.Item:
    """How long a post stays in sight, and the middle half of them."""
    if visible.median_s is None:
        n = _short(visit, visible.at_least_s / 3600)
        return {"text": visit.text("research.over", n=n)}
    shown: parts.Item = {"text": visit.text("research.hours", n=_short(visit, visible.median_s / 3600))}
    if visible.low_s is not None and visible.high_s is not None:
        low, high = (_short(visit, value / 3600) for value in (visible.low_s, visible.high_s))
        shown |= {"below": visit.text("research.range", low=low, high=high), "brief": True}
    return shown
