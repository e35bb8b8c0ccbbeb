"""The set of hashtags for one post, the frontier of such sets, and the check of a draft."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from unicodedata import bidirectional

import streamlit as st

from answers.basket import Basket, Point, basket
from answers.basket_pool import LEAST_AUTHORS
from answers.draft import DraftCheck, draft
from dashboard import ask, parts, tags
from dashboard.filters import Asked
from dashboard.visit import Visit
from nlp.platform_rules import RULES, rules_of
from nlp.usage import Finding
from words import texts
from words.bidi import isolate_auto, stripped

ANY: Final = "any"
PACES: Final = (0.0, 0.5, 1.0, 2.0, 5.0, 20.0)
"""Ceilings of posts an hour; 0 is none."""
TONES: Final = {"error": "bad", "advice": "muted"}


def draw_basket(visit: Visit, asked: Asked, keys: Sequence[str]) -> None:
    """The set that is chosen from these hashtags (or words) and what goes with them, and the checker."""
    st.subheader(visit.text("basket.title"))
    st.caption(visit.text("basket.hint"))
    with st.container(horizontal=True, vertical_alignment="bottom", key="basket_choice"):
        k = int(st.number_input(visit.text("basket.k"), 1, 15, 5, key="basket_k", width=110))
        platform = st.selectbox(
            visit.text("basket.platform"), (ANY, *RULES), key="basket_platform", width=170,
            format_func=lambda code: _words(visit, f"basket.platform.{code}"),
        )  # fmt: skip
        pace = st.selectbox(
            visit.text("basket.max_per_hour"), PACES, key="basket_pace", width=180,
            format_func=lambda most: visit.number(most, 1) if most else visit.text("basket.any_pace"),
        )  # fmt: skip
        warned = st.checkbox(visit.text("basket.allow_warned"), key="basket_warned")
        everyone = st.checkbox(visit.text("basket.include_reached"), key="basket_everyone")
    most = rules_of(platform).most
    if most is not None and most < k:
        name = _words(visit, f"basket.platform.{platform}")
        st.caption(texts.text("basket.limit", visit.language, platform=name, most=visit.number(most)))
    answer = ask.of(
        basket, visit, asked.selection.narrowed(hashtag=None), seeds=tuple(keys),
        k=k if most is None else min(k, most), max_per_hour=pace or None, allow_warned=warned,
        include_reached=everyone,
    )  # fmt: skip
    _draw_set(visit, asked, answer.value)
    parts.draw_definitions(visit, answer.definition)
    _draw_checker(visit, asked, None if platform == ANY else platform)


def _words(visit: Visit, key: str, **values: object) -> str:
    return texts.text(key, visit.language, **values)


def _draw_set(visit: Visit, asked: Asked, found: Basket) -> None:
    if not found.tags:
        least = visit.number(LEAST_AUTHORS)
        st.info(texts.text("basket.nothing", visit.language, least=least), icon=":material/info:")
    else:
        _tell(visit, found)
        columns: list[parts.Item] = [
            {"label": visit.common("label.hashtag")},
            {"label": visit.text("basket.new"), "number": True},
            {"label": visit.common("label.authors"), "number": True, "minor": True},
            {"label": visit.text("basket.per_hour"), "number": True, "minor": True},
            {"label": visit.text("basket.stays"), "number": True, "hint": visit.text("basket.stays_hint")},
        ]
        largest = max(tag.new.value or 0 for tag in found.tags) or 1
        lines = [
            [
                tags.tag_cell(visit, asked, tag.key, tag.name),
                {**parts.number(visit, tag.new), "bar": (tag.new.value or 0) / largest},
                parts.number(visit, tag.authors),
                parts.number(visit, tag.posts, text=visit.number(tag.per_hour, 2)),
                {"text": _stay(visit, tag.stay_s)},
            ]
            for tag in found.tags
        ]
        parts.draw_table(columns, lines, label=visit.text("basket.title"), key="basket_set")
        st.caption(visit.text("basket.copy"))
        st.code(copied([tag.name for tag in found.tags]), language=None, wrap_lines=True)
    _tell_left_out(visit, found)
    if len(found.frontier) > 1:
        _draw_frontier(visit, found.frontier)


def copied(names: Sequence[str]) -> str:
    """The hashtags as they are copied: no marks of direction, which a platform would take for letters.

    Those of one direction stand in a line; mixed ones stand a line each, so that every sign of a tag is
    seen where it belongs.

    >>> copied(["tea", "cup"]), copied(["tea", "چای"])  # tea
    ('#tea #cup', '#tea\\n#چای')
    """
    ways = {_runs_right(name) for name in names}
    return ("\n" if len(ways) > 1 else " ").join(f"#{name}" for name in names)


def _runs_right(name: str) -> bool:
    """Whether its first letter is written from right to left."""
    strong = (bidirectional(letter) for letter in name)
    return next((way for way in strong if way in ("L", "R", "AL")), "L") != "L"


def _tell(visit: Visit, found: Basket) -> None:
    """How many people, how good that is, and how surely."""
    st.caption(
        texts.text(
            "basket.told", visit.language, tags=visit.counted("hashtag", len(found.tags)),
            new=visit.counted("author", found.new.value or 0), everyone=visit.number(found.everyone.value),
            share=visit.percent(found.of_best), k=visit.number(len(found.tags)),
        )
    )  # fmt: skip
    if found.low is None or found.high is None:
        st.caption(texts.text("basket.no_weeks", visit.language))
    else:
        low, high = visit.number(found.low), visit.number(found.high)
        st.caption(texts.text("basket.weekly", visit.language, low=low, high=high))
    if found.already is not None and found.already.value:
        people = visit.counted("author", found.already.value)
        told = _words(visit, "basket.already", people=people)
        parts.draw_line([parts.number(visit, found.already, text=told)], key="basket_already")


def _tell_left_out(visit: Visit, found: Basket) -> None:
    if found.left_out:
        told = [
            _words(
                visit, "basket.one_left_out", tag=isolate_auto(f"#{stripped(one.name)}"),
                why=_words(visit, f"basket.why.{one.why}", per_hour=visit.number(one.per_hour, 2)),
            )
            for one in found.left_out
        ]  # fmt: skip
        line = _words(visit, "basket.left_out", tags=visit.common("list_separator").join(told))
        parts.draw_line([{"text": line, "tone": "muted"}], key="basket_left_out")


def _stay(visit: Visit, seconds: float) -> str:
    hours = seconds / 3600
    return _words(visit, "basket.stay", hours=visit.number(hours, 1 if hours < 9.95 else 0))


def _draw_frontier(visit: Visit, points: Sequence[Point]) -> None:
    """A row a set, from the largest to the one that lasts longest, with bars for both."""
    st.subheader(visit.text("basket.frontier"))
    st.caption(visit.text("basket.frontier_hint"))
    most = max(point.new.value or 0 for point in points) or 1
    longest = max(point.stay_s for point in points) or 1
    columns: list[parts.Item] = [
        {"label": visit.text("basket.reached"), "number": True},
        {"label": visit.text("basket.stays"), "number": True},
        {"label": visit.text("basket.set")},
    ]
    lines: list[list[parts.Item]] = [
        [
            {**parts.number(visit, point.new), "bar": (point.new.value or 0) / most},
            {"text": _stay(visit, point.stay_s), "bar": point.stay_s / longest},
            {"text": " ".join(isolate_auto(f"#{stripped(name)}") for name in point.names), "auto": True},
        ]
        for point in points
    ]
    parts.draw_table(columns, lines, label=visit.text("basket.frontier"), key="basket_frontier")


def _draw_checker(visit: Visit, asked: Asked, platform: str | None) -> None:
    """A draft, and what is to be said of its hashtags."""
    st.subheader(visit.text("basket.draft"))
    with st.form("basket_draft_form", border=False):
        text = st.text_area(visit.text("basket.draft_text"), key="basket_draft", max_chars=5_000)
        st.form_submit_button(visit.text("basket.check"))
    if not text.strip():
        return
    selection = asked.selection.narrowed(hashtag=None)
    answer = ask.of(draft, visit, selection, text=text, platform=platform)
    _draw_findings(visit, answer.value)
    parts.draw_definitions(visit, answer.definition)


def _draw_findings(visit: Visit, found: DraftCheck) -> None:
    if not found.findings:
        st.success(texts.text("usage.fine", visit.language), icon=":material/check:")
        return
    columns: list[parts.Item] = [
        {"label": visit.text("basket.place"), "number": True},
        {"label": visit.common("label.state")},
        {"label": visit.text("basket.finding")},
    ]
    parts.draw_table(
        columns, [_finding(visit, one) for one in found.findings], label=visit.text("basket.draft"),
        key="basket_findings",
    )  # fmt: skip
    if found.mended != found.text:
        st.caption(visit.text("basket.mended"))
        st.code(found.mended, language=None, wrap_lines=True)


def _finding(visit: Visit, one: Finding) -> list[parts.Item]:
    """Where it is, how grave, what it is, and what to write instead."""
    said: parts.Item = {
        "text": _words(
            visit, f"usage.{one.code}", found=isolate_auto(stripped(one.found)),
            other=isolate_auto(stripped(one.other or "")), count=visit.number(one.count),
            limit=visit.number(one.limit),
        )
    }  # fmt: skip
    if one.remedy is not None:
        said["below"] = _words(visit, "usage.instead", text=isolate_auto(stripped(one.remedy)))
    weight = {"text": _words(visit, f"usage.weight.{one.weight}"), "chip": True, "tone": TONES[one.weight]}
    return [{"text": visit.number(one.start)}, weight, said]
