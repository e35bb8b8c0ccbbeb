"""Is this hashtag good for a campaign? Its verdict, what it draws, and how posts with it are best made."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from answers.choice import Choice, Class, Habits, Hour, choice
from answers.hashtag import Hashtag
from answers.research import TagResearch
from dashboard import ask, parts, research
from dashboard.facets import value_name
from dashboard.filters import Asked
from dashboard.visit import Visit
from posts.answer import Answer, Figure
from reports import charts, heat
from trends.hours import LEAST_CELL
from trends.lift import Lift
from words import dates, digits


def draw(visit: Visit, asked: Asked, _: Answer[Hashtag]) -> None:
    """The verdict with its reasons and numbers, and the habits that draw most."""
    answer = ask.of(choice, visit, asked.selection)
    found = answer.value
    _draw_verdict(visit, found.tag)
    _draw_numbers(visit, found.tag)
    parts.draw_definitions(visit, "research", answer.definition)
    _draw_sight(visit, found)
    for name, habits in (("own", found.own), ("around", found.around)):
        st.subheader(visit.text(f"choice.{name}"))
        left, right = st.columns(2, gap="medium")
        with left:
            _draw_classes(visit, "tags", habits.tags, key=f"choice_tags_{name}")
        with right:
            _draw_classes(visit, "lengths", habits.lengths, key=f"choice_lengths_{name}")
        _draw_hours(visit, habits, key=f"choice_hours_{name}")
    if found.tag.sentiments:
        st.subheader(visit.text("choice.moods"))
        moods: list[parts.Item] = [
            {"label": value_name(visit, "sentiment", value), **parts.number(visit, figure)}
            for value, figure in found.tag.sentiments
        ]
        parts.draw_line(moods, key="choice_moods")


def _draw_verdict(visit: Visit, row: TagResearch) -> None:
    items = [research.verdict_chip(visit, row), research.light_chip(visit, row)]
    items += [{"text": research.reason(visit, each), "tone": "muted"} for each in row.verdict.reasons]
    parts.draw_line(items, key="choice_verdict")


def _draw_numbers(visit: Visit, row: TagResearch) -> None:
    """Lift, reach and impressions, and the people of each week as a curve."""
    reach, impressions = (
        parts.number(visit, figure, text=digits.compact(figure.value, visit.language))
        for figure in (row.reach, row.impressions)
    )
    lift = research.lift_cell(visit, row.lift, row.posts)
    known = {"label": visit.text("research.known", share=visit.part(row.known_followers)), "text": ""}
    between = {"label": lift["below"], "text": ""}
    items: list[parts.Item] = [
        {"label": visit.text("research.lift"), "value": lift, "before": between},
        {"label": visit.text("research.reach"), "value": reach, "before": known},
        {"label": visit.text("research.impressions"), "value": impressions},
    ]
    if row.weeks:
        curve = [float(week.authors.value or 0) for week in row.weeks]
        newest = parts.number(visit, row.weeks[-1].authors)
        items.append({"label": visit.text("research.weekly"), "value": newest, "curve": curve})
    parts.draw_figures(items, key="choice_cards")


def _draw_sight(visit: Visit, found: Choice) -> None:
    """How many write beside one, how strong they are, and how long a post is seen."""
    st.subheader(visit.text("choice.competition"))
    row = found.tag
    sight = research.visible_cell(visit, row.visible)
    strength = {"text": digits.compact(row.author_followers, visit.language)}
    per_hour = parts.number(visit, row.posts, text=visit.number(row.posts_per_hour, 2))
    items: list[parts.Item] = [
        {"label": visit.text("research.per_hour"), "value": per_hour},
        {
            "label": visit.text("research.visible"),
            "value": sight,
            "before": {"label": sight.get("below", ""), "text": ""},
        },
        {"label": visit.text("research.strength"), "value": strength},
    ]
    parts.draw_figures(items, key="choice_sight")
    st.caption(visit.text("research.visible_hint"))
    if len(found.visible_by_hour) < 2:
        st.caption(visit.text("choice.by_hour_none"))
        return
    longest = max(found.visible_by_hour, key=lambda pair: pair[1])
    shortest = min(found.visible_by_hour, key=lambda pair: pair[1])
    st.caption(
        visit.text(
            "choice.by_hour", best=visit.number(longest[0]), most=_hours(visit, longest[1]),
            worst=visit.number(shortest[0]), least=_hours(visit, shortest[1]),
        )
    )  # fmt: skip


def _hours(visit: Visit, value: float) -> str:
    return visit.text("research.hours", n=visit.number(value, 0 if value >= 10 else 1))


def _draw_classes(visit: Visit, what: str, classes: Sequence[Class], *, key: str) -> None:
    """What posts with so many hashtags, or words, draw against their authors' usual."""
    st.markdown(visit.text(f"choice.{what}"))
    if not classes:
        st.caption(visit.text("choice.nothing"))
        return
    columns: list[parts.Item] = [
        {"label": visit.text("choice.class")},
        {"label": visit.common("label.posts"), "number": True},
        {"label": visit.text("research.lift"), "number": True},
        {"label": visit.text("choice.difference_label")},
    ]
    rows: list[list[parts.Item]] = [
        [
            {"text": _span(visit, each)},
            parts.opening(visit, each.posts),
            research.lift_cell(visit, each.lift, each.posts),
            _difference(visit, each.lift),
        ]
        for each in classes
    ]
    parts.draw_table(columns, rows, label=visit.text(f"choice.{what}"), key=key)


def _span(visit: Visit, each: Class) -> str:
    if each.most is None:
        return visit.text("choice.and_more", n=visit.number(each.least))
    if each.most == each.least:
        return visit.number(each.least)
    return visit.text("choice.span", least=visit.number(each.least), most=visit.number(each.most))


def _difference(visit: Visit, lift: Lift) -> parts.Item:
    if lift.low is None or lift.high is None:
        code, tone = "unknown", "muted"
    elif lift.low > 1:
        code, tone = "more", "good"
    else:
        code, tone = ("less", "bad") if lift.high < 1 else ("none", "muted")
    return {"text": visit.text(f"choice.difference.{code}"), "tone": tone}


def _draw_hours(visit: Visit, habits: Habits, *, key: str) -> None:
    """The hours that surely draw more, and the week at a glance."""
    st.markdown(visit.text("choice.when"))
    if all(cell.ratio is None for cell in habits.hours):
        st.caption(visit.text("choice.few_hours", posts=visit.counted("post", LEAST_CELL)))
        return
    if habits.best:
        _draw_best(visit, habits.best, key=f"{key}_best")
    else:
        st.caption(visit.text("choice.no_best"))
    cells = [
        heat.Cell(day=cell.day, hour=cell.hour, posts=cell.posts, ratio=cell.ratio) for cell in habits.hours
    ]
    reader = charts.Reader(language=visit.language, time_zone=visit.time_zone, calendar=visit.calendar)
    spec = heat.week(
        cells, reader, ratio=visit.text("choice.difference_label"), posts=visit.common("label.posts"),
        hour=visit.text("choice.hour"),
    )  # fmt: skip
    st.vega_lite_chart(spec, key=key, alt=visit.text("choice.heat_alt"), width="stretch")


def _draw_best(visit: Visit, best: Sequence[tuple[Hour, Figure]], *, key: str) -> None:
    items: list[parts.Item] = []
    for cell, opens in best:
        when = visit.text(
            "choice.day_hour", day=dates.weekday(cell.day, visit.language), hour=visit.number(cell.hour)
        )
        told = f"{when}: {charts.times(cell.ratio, visit.language)}"
        items.append({**parts.number(visit, opens, text=told), "number": False, "chip": True})
    parts.draw_line(items, key=key)
