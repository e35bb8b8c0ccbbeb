"""Why a hashtag rose: since when, by whom first, carried by whom, led by what, and what is left of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import streamlit as st

from answers.carriers import TOP, Carrier, Carriers
from answers.companions import Companion
from answers.hashtag import Hashtag
from answers.organic import Organic
from answers.outside import Article, Outside, Shared
from answers.why import First, OnPlatform, Why, why
from dashboard import ask, cards, parts, people, tags
from dashboard.filters import Asked
from dashboard.visit import Visit
from posts.answer import Answer, Figure
from posts.post import Post
from trends.onset import LEAST_DAYS
from trends.rising import LEAST_AUTHORS
from words import dates
from words.bidi import stripped

SHOWN = 2
"""First posts that are shown whole."""
_TITLE = 90


def draw(visit: Visit, asked: Asked, _: Answer[Hashtag]) -> None:
    """What is known of the rise; or that there was none, and the same of the whole period."""
    answer = ask.of(why, visit, asked.selection)
    found = answer.value
    _draw_head(visit, found)
    parts.draw_definitions(visit, answer.definition, "organic", "carriers", "lead", "companions")
    _draw_organic(visit, found.organic)
    _draw_first(visit, found)
    _draw_carriers(visit, found.carriers)
    _draw_outside(visit, found.outside)
    st.subheader(visit.text("why.companions"))
    _draw_companions(visit, asked, found.companions)


def _draw_head(visit: Visit, found: Why) -> None:
    """Since when and how far above what is usual, or why that is not told."""
    if found.began is None or found.earliest is None or found.latest is None:
        days, authors = visit.counted("day", LEAST_DAYS), visit.counted("author", LEAST_AUTHORS)
        st.info(visit.text(f"why.states.{found.state}", days=days, authors=authors), icon=":material/info:")
    else:
        since = visit.text("why.since", moment=visit.moment(found.began))
        items: list[parts.Item] = [{"text": since, "tone": "strong"}]
        if found.earliest != found.latest:
            between = visit.text(
                "why.between",
                earliest=visit.moment(found.earliest),
                latest=visit.moment(found.latest),
            )
            items.append({"text": between, "tone": "muted"})
        items.append({"text": visit.text("why.height", moment=visit.moment(found.height)), "tone": "muted"})
        parts.draw_line(items, key="why_since")
    left = Figure(value=found.organic.authors, selection=found.organic.posts.selection)
    figures = [
        {"label": visit.common("label.posts"), "value": parts.number(visit, found.posts)},
        {"label": visit.common("label.authors"), "value": parts.number(visit, found.authors)},
        {"label": visit.text("why.organic_card"), "value": parts.number(visit, left, text=_of(visit, found))},
    ]
    if found.expected.value is not None:
        usual = parts.number(visit, found.expected, decimals=1)
        figures.insert(2, {"label": visit.text("why.usual"), "value": usual})
    parts.draw_figures(figures, key="why_cards")


def _of(visit: Visit, found: Why) -> str:
    left = found.organic
    return visit.text("why.of", left=visit.number(left.authors), all=visit.number(left.all_authors))


def _draw_organic(visit: Visit, found: Organic) -> None:
    """What the rules take out, each with its posts."""
    st.subheader(visit.text("why.organic"))
    if not found.groups:
        st.caption(visit.text("why.all_organic"))
        return
    columns: list[parts.Item] = [
        {"label": visit.text("why.rule")},
        {"label": visit.common("label.posts"), "number": True},
        {"label": visit.common("label.authors"), "number": True},
    ]
    rows: list[list[parts.Item]] = [
        [
            {
                "text": visit.text(f"why.rules.{group.rule}"),
                "below": visit.text(f"why.rule_hints.{group.rule}"),
            },
            parts.opening(visit, group.posts),
            _same(visit, group.posts, group.authors),
        ]
        for group in found.groups
    ]
    left: list[parts.Item] = [
        {"text": visit.text("why.left"), "tone": "strong"},
        parts.opening(visit, found.posts),
        _same(visit, found.posts, found.authors),
    ]
    parts.draw_table(columns, [*rows, left], label=visit.text("why.organic"), key="why_organic")


def _same(visit: Visit, figure: Figure, authors: int) -> parts.Item:
    """The authors of the posts of a figure."""
    return parts.number(visit, Figure(value=authors, selection=figure.selection))


def _draw_first(visit: Visit, found: Why) -> None:
    st.subheader(visit.text("why.first"))
    if not found.first:
        return
    columns: list[parts.Item] = [
        {"label": visit.common("label.author")},
        {"label": visit.common("label.time"), "number": True, "minor": True},
        {"label": visit.text("why.after"), "number": True},
        {"label": visit.common("label.platform"), "minor": True},
        {"label": visit.common("label.followers"), "number": True, "minor": True},
    ]
    lines = [_first_row(visit, row) for row in found.first]
    parts.draw_table(columns, lines, label=visit.text("why.first"), key="why_first")
    if len(found.platforms) > 1:
        _draw_platforms(visit, found.platforms)
    shown = [row.post for row in found.first[:SHOWN]]
    cards.draw_cards(visit, shown, key="why_first_cards", originals=ask.originals(visit, shown))


def _first_row(visit: Visit, row: First) -> list[parts.Item]:
    return [
        _writer(visit, row.posts, row.post),
        {"text": visit.moment(row.post.created_at)},
        {"text": lapse(visit, row.after_s)},
        {"text": visit.name_of("platform", row.post.platform)},
        parts.number(visit, row.posts, text=visit.number(row.followers)),
    ]


def _writer(visit: Visit, figure: Figure, post: Post) -> parts.Item:
    """Who wrote a post, as a way to it; its source where nobody signed."""
    if post.author is None:
        return {**parts.number(visit, figure, text=stripped(post.source)), "number": False, "auto": True}
    return people.person(visit, figure, post.author.name, post.author.handle, post.author.key)


def lapse(visit: Visit, seconds: int) -> str:
    """A length of time: "2 hours 10 minutes"."""
    return dates.lapse(timedelta(seconds=seconds), visit.language)


def _draw_platforms(visit: Visit, found: Sequence[OnPlatform]) -> None:
    """Where it was first; of a platform that was not listened to yet that is not told."""
    columns: list[parts.Item] = [
        {"label": visit.common("label.platform")},
        {"label": visit.text("why.first_there"), "number": True},
        {"label": visit.common("label.author"), "minor": True},
        {"label": visit.common("label.posts"), "number": True},
        {"label": visit.common("label.authors"), "number": True, "minor": True},
    ]
    lines: list[list[parts.Item]] = []
    for row in found:
        after = lapse(visit, row.first.after_s) if row.told else visit.common("heard.unknown")
        name: parts.Item = {"text": visit.name_of("platform", row.platform)}
        if not row.told and row.heard_since is not None:
            name["below"] = visit.text("why.heard_since", moment=visit.moment(row.heard_since))
        lines.append([
            name, parts.number(visit, row.first.posts, text=after),
            _writer(visit, row.first.posts, row.first.post),
            parts.number(visit, row.posts), parts.number(visit, row.authors),
        ])  # fmt: skip
    parts.draw_table(columns, lines, label=visit.common("label.platform"), key="why_platforms")


def _draw_carriers(visit: Visit, found: Carriers) -> None:
    """To whom the others turned, and who has most followers."""
    st.subheader(visit.text("why.carriers"))
    if found.top_share is None or found.brought is None:
        st.caption(visit.text("why.nobody_carried"))
    else:
        st.caption(
            visit.text(
                "why.carried", top=visit.number(TOP), share=visit.part(found.top_share),
                acts=visit.number(found.acts), brought=visit.part(found.brought),
                people=visit.counted("author", found.people),
            )
        )  # fmt: skip
        _draw_carrier_table(visit, found.rows)
    if found.loudest:
        st.caption(visit.text("why.loudest"))
        columns: list[parts.Item] = [
            {"label": visit.common("label.author")},
            {"label": visit.common("label.followers"), "number": True},
            {"label": visit.common("label.posts"), "number": True},
        ]
        lines = [
            [
                people.person(visit, row.posts, row.name, row.handle, row.key),
                parts.number(visit, row.posts, text=visit.number(row.followers)),
                parts.number(visit, row.posts),
            ]
            for row in found.loudest[:5]
        ]
        parts.draw_table(columns, lines, label=visit.text("why.loudest"), key="why_loudest")


def _draw_carrier_table(visit: Visit, rows: Sequence[Carrier]) -> None:
    columns: list[parts.Item] = [
        {"label": visit.common("label.author")},
        {"label": visit.text("why.attention"), "number": True, "hint": visit.text("why.attention_hint")},
        {"label": visit.common("label.shares"), "number": True},
        {"label": visit.common("label.comments"), "number": True, "minor": True},
        {"label": visit.common("label.quotes"), "number": True, "minor": True},
        {"label": visit.text("influencers.own_posts"), "number": True, "minor": True},
        {"label": visit.common("label.followers"), "number": True, "minor": True},
    ]
    lines = [
        [
            people.person(visit, row.posts, row.name, row.handle, row.key),
            {"text": visit.part(row.share), "bar": row.share},
            parts.number(visit, row.reposts),
            parts.number(visit, row.replies),
            parts.number(visit, row.quotes),
            parts.number(visit, row.posts),
            parts.number(visit, row.posts, text=visit.number(row.followers)),
        ]
        for row in rows
    ]
    parts.draw_table(columns, lines, label=visit.text("why.carriers"), key="why_carriers")


def _draw_outside(visit: Visit, found: Outside) -> None:
    st.subheader(visit.text("why.outside"))
    _draw_articles(visit, found.articles)
    if not found.links and not found.domains:
        st.caption(visit.text("why.no_links"))
        return
    left, right = st.columns(2, gap="medium")
    for place, kind, rows in ((left, "links", found.links), (right, "domains", found.domains)):
        with place:
            _draw_shared(visit, kind, rows)


def _draw_shared(visit: Visit, kind: str, rows: Sequence[Shared]) -> None:
    columns: list[parts.Item] = [
        {"label": visit.text(f"why.{kind}")},
        {"label": visit.common("label.authors"), "number": True},
        {"label": visit.common("label.posts"), "number": True},
    ]
    lines = [
        [
            {"text": stripped(row.name)[:_TITLE], "direction": "ltr"},
            parts.number(visit, row.authors),
            parts.number(visit, row.posts),
        ]
        for row in rows
    ]
    parts.draw_table(columns, lines, label=visit.text(f"why.{kind}"), key=f"why_{kind}")


def _draw_articles(visit: Visit, rows: Sequence[Article]) -> None:
    """News on the same matter with their lead, and how usual such a lead is."""
    if not rows:
        st.caption(visit.text("why.no_articles"))
        return
    columns: list[parts.Item] = [
        {"label": visit.text("why.article")},
        {"label": visit.text("why.lead"), "number": True, "hint": visit.text("why.lead_hint")},
        {"label": visit.text("why.by"), "minor": True},
        {"label": visit.text("why.base_rate"), "number": True, "minor": True,
         "hint": visit.text("why.base_rate_hint")},
    ]  # fmt: skip
    parts.draw_table(
        columns,
        [_article_row(visit, row) for row in rows],
        label=visit.text("why.article"),
        key="why_articles",
    )


def _article_row(visit: Visit, row: Article) -> list[parts.Item]:
    title = stripped(row.post.title or row.post.text)[:_TITLE]
    way = {**parts.number(visit, row.posts, text=title), "number": False, "auto": True}
    side = "before" if row.lead_s >= 0 else "later"
    return [
        {**way, "below": stripped(row.post.source)},
        {"text": visit.text(f"why.{side}", lapse=lapse(visit, abs(row.lead_s)))},
        {"text": visit.text(f"why.bys.{row.by}")},
        {"text": visit.percent(row.base_rate)},
    ]


def _draw_companions(visit: Visit, asked: Asked, rows: Sequence[Companion]) -> None:
    if not rows:
        st.caption(visit.text("why.no_companions"))
        return
    columns: list[parts.Item] = [
        {"label": visit.common("label.hashtag")},
        {"label": visit.text("why.together"), "number": True, "hint": visit.text("why.together_hint")},
        {"label": visit.text("why.apart"), "number": True, "hint": visit.text("why.apart_hint")},
        {"label": visit.text("why.usual"), "number": True, "minor": True},
    ]
    lines: list[list[parts.Item]] = [
        [
            tags.tag_cell(visit, asked, row.key, row.name),
            parts.number(visit, row.together),
            {"text": visit.number(None)} if row.apart is None else parts.number(visit, row.apart),
            {"text": visit.number(row.expected, 1)},
        ]
        for row in rows
    ]
    parts.draw_table(columns, lines, label=visit.text("why.companions"), key="why_companions")
