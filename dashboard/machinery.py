"""The machinery behind the numbers: what a person should know, the engine, what waits, what was not taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import streamlit as st

from answers.health import Concern, HealthReport
from crawlers.imports import letters as reading
from dashboard import ask, parts, problems, starting
from dashboard.visit import Visit
from posts.errors import RasadError
from store.spool import Spool
from store.state import DeadLetter
from words import texts
from words.bidi import isolate_left, stripped

LISTED: Final = 100
"""So many of the newest dead letters are listed; the command line lists them all."""
_SHOWN: Final = 300


def draw_concerns(visit: Visit, concerns: Iterable[Concern]) -> None:
    """What stands between the visitor and numbers to trust; nothing where all is well."""
    for concern in concerns:
        _draw_concern(visit, concern)


def _draw_concern(visit: Visit, concern: Concern) -> None:
    values = {name: _said(visit, value) for name, value in concern.values.items()}
    draw, icon = (st.error, "error") if concern.serious else (st.warning, "warning")
    draw(texts.text(concern.why, visit.language, **values), icon=f":material/{icon}:")
    if concern.said:
        with st.expander(visit.text("problem.details")):
            st.text(concern.said)


def _said(visit: Visit, value: Any) -> str:
    """A moment, a number, or a name that was given from outside, as the text around it takes it."""
    if isinstance(value, datetime):
        return visit.moment(value)
    return visit.number(value) if isinstance(value, int | float) else isolate_left(stripped(str(value)))


def draw_cards(visit: Visit, report: HealthReport) -> None:
    """The engine, its posts and size, what waits before it, the intake, and the dead letters."""
    waiting = report.waiting
    posts = visit.number(waiting.posts)
    items: list[parts.Item] = [
        _card(
            visit, "engine", visit.text(f"health.engines.{report.engine}"),
            visit.text("health.answers" if report.answers else "health.silent"),
        ),
        _card(visit, "stored", visit.number(report.posts), visit.size(report.bytes)),
        _card(
            visit, "waiting", posts if waiting.exact else visit.common("approximately", n=posts),
            f"{visit.counted('file', waiting.files)}, {visit.size(waiting.bytes)}" if waiting.files else "",
        ),
        _card(
            visit, "intake", visit.text(f"health.intake_is.{report.intake.state.replace(' ', '_')}"),
            visit.ago(min(report.intake.at, visit.now)) if report.intake.at else "",
        ),
        _card(visit, "reading", *_reading(visit, report)),
        _card(visit, "letters", visit.number(report.dead_letters), ""),
    ]  # fmt: skip
    parts.draw_figures(items, key="health_cards")
    _draw_progress(visit, report)


def _reading(visit: Visit, report: HealthReport) -> tuple[str, str]:
    """How far the second reading is, and what is the oldest that waits for it."""
    found = report.behind
    if found is None:
        return visit.text("health.not_begun"), ""
    if not found.posts:
        return visit.text("health.all_read"), ""
    waiting = visit.text("health.wait", posts=visit.counted("post", found.posts))
    return waiting, visit.text("health.oldest", ago=visit.ago(found.since)) if found.since else ""


def _draw_progress(visit: Visit, report: HealthReport) -> None:
    """How many posts have been read as today's readers read, while others wait for it."""
    found, posts = report.behind, report.posts
    if found is None or not found.posts or not posts:
        return
    done = max(0, posts - found.posts)
    told = visit.text("health.reading_progress", done=visit.number(done), posts=visit.counted("post", posts))
    st.progress(done / posts, told)


def _card(visit: Visit, name: str, value: str, below: str) -> parts.Item:
    card: parts.Item = {"label": visit.text(f"health.{name}"), "value": {"text": value}, "words": True}
    if below:
        card["before"] = {"label": "", "text": below}
    return card


def draw_letters(visit: Visit, report: HealthReport) -> None:
    """What could not be taken in, the newest first: from where, what, why and when."""
    if not report.dead_letters:
        return
    title = visit.text("health.letters_open", letters=visit.counted("letter", report.dead_letters))
    with st.expander(title, icon=":material/mark_email_unread:"):
        st.text(visit.text("health.letters_why"))
        columns: list[parts.Item] = [
            {"label": visit.common("label.source")},
            {"label": visit.text("health.letter")},
            {"label": visit.common("label.reason")},
            {"label": visit.common("label.time")},
        ]
        letters = ask.state_of(visit).dead_letters(limit=LISTED)
        rows: list[list[parts.Item]] = [
            [
                {"text": stripped(letter.source), "auto": True},
                {"text": stripped(letter.subject)[:_SHOWN], "auto": True},
                {"text": stripped(letter.reason)[:_SHOWN], "auto": True},
                {"text": visit.ago(letter.at), "hint": visit.moment(letter.at)},
            ]
            for letter in letters
        ]
        parts.draw_table(columns, rows, label=visit.text("health.letters"), key="letters")
        if report.dead_letters > LISTED:
            st.caption(visit.text("health.letters_more", n=visit.number(LISTED)))
        _draw_ways_out(visit, letters)


def _draw_ways_out(visit: Visit, letters: Sequence[DeadLetter]) -> None:
    """What can be done about a letter, and a button that takes it in again."""
    if not letters:
        return
    by_number = {letter.number: letter for letter in letters}
    number = st.selectbox(
        visit.text("health.letter_chosen"),
        list(by_number),
        format_func=lambda number: stripped(by_number[number].subject)[:_SHOWN],
        key="letter_chosen",
    )
    found = reading.read(by_number[number], now=visit.now)
    for part in ("what", "remedy"):
        st.text(visit.common(f"letter.{found.kind}.{part}"))
    if found.post is not None:
        st.button(
            visit.text("health.letter_retry"),
            icon=":material/replay:",
            on_click=_retry,
            args=(visit, found),
            key="letter_retry",
        )
    if failed := st.session_state.pop("letter_failed", None):
        problems.show(failed, visit.language)


def _retry(visit: Visit, found: reading.Reading) -> None:
    """Put the letter's post into the spool; whoever is the writer takes it, and the letter goes then."""
    try:
        reading.send(Spool(visit.settings.spool), [found])
    except RasadError as error:
        st.session_state["letter_failed"] = error
        return
    starting.tell("health.letter_sent")
