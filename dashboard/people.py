"""People: who writes most, and whom others pass on, answer and name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from answers.hashtag import TagAuthor
from answers.influence import Influence, Influencer
from dashboard import ask, parts
from dashboard.address import link_to
from dashboard.filters import Asked
from dashboard.visit import Visit
from posts.answer import Figure
from posts.selection import Selection
from words import texts
from words.bidi import stripped

SHOWN: Final = 10


def person(visit: Visit, figure: Figure, name: str | None, handle: str | None, key: str) -> parts.Item:
    """A person by name, with the handle below, as a way to the posts of ``figure``."""
    short = key.rsplit(":", 1)[-1]
    shown = stripped(name or handle or short)
    cell = parts.number(visit, figure, text=shown)
    below = f"@{stripped(handle)}" if handle and handle != shown else ""
    return {**cell, "number": False, "auto": True, "below": below}


def draw_authors(visit: Visit, authors: Sequence[TagAuthor]) -> None:
    """Who writes most of the posts."""
    columns: list[parts.Item] = [
        {"label": visit.common("label.author")},
        {"label": visit.common("label.posts"), "number": True},
    ]
    rows: list[list[parts.Item]] = [
        [person(visit, row.posts, row.name, row.handle, row.key), parts.number(visit, row.posts)]
        for row in authors[:SHOWN]
    ]
    parts.draw_table(columns, rows, label=visit.text("hashtag.authors"), key="authors")


def draw_network(visit: Visit, found: Influence, selection: Selection) -> None:
    """How large the network is; its numbers open the posts that it was made from."""
    link = parts.way(link_to("posts", selection, base=visit.base), hint=visit.text("open_posts"))
    counts = (visit.counted("node", found.nodes), visit.counted("edge", found.edges))
    items: list[parts.Item] = [{"text": count, "number": True, "link": link} for count in counts]
    parts.draw_line([{"text": visit.text("influencers.network"), "tone": "muted"}, *items], key="network")


def draw_influencers(visit: Visit, rows: Sequence[Influencer]) -> None:
    """People by how much attention ends at them, and what it is made of."""
    best = max((row.score for row in rows), default=0.0) or 1.0
    columns: list[parts.Item] = [
        {"label": visit.text("influencers.rank"), "number": True},
        {"label": visit.common("label.author")},
        {
            "label": visit.text("influencers.score"),
            "number": True,
            "hint": visit.text("influencers.score_hint"),
        },
        {"label": visit.common("label.shares"), "number": True},
        {"label": visit.common("label.comments"), "number": True, "minor": True},
        {"label": visit.text("influencers.mentions"), "number": True, "minor": True},
        {"label": visit.common("label.quotes"), "number": True, "minor": True},
        {"label": visit.text("influencers.own_posts"), "number": True, "minor": True},
        {"label": visit.common("label.followers"), "number": True, "minor": True},
    ]
    lines: list[list[parts.Item]] = [
        [
            {"text": visit.number(place), "tone": "muted"},
            person(visit, row.posts, row.name, row.handle, row.key),
            {
                **parts.number(visit, _received(row), text=visit.number(100 * row.score / best)),
                "bar": row.score / best,
            },
            parts.number(visit, row.reposts),
            parts.number(visit, row.replies),
            parts.number(visit, row.mentions),
            parts.number(visit, row.quotes),
            parts.number(visit, row.posts),
            parts.number(visit, row.posts, text=visit.number(row.followers)),
        ]
        for place, row in enumerate(rows, start=1)
    ]
    parts.draw_table(columns, lines, label=visit.text("influencers.title"), key="influencers")


def _received(row: Influencer) -> Figure:
    """The score, which opens all that others did: reposts, replies, mentions and quotes."""
    return Figure(value=row.score, selection=row.reposts.selection.narrowed(edge=None))


def draw_machine(visit: Visit, asked: Asked) -> None:
    """That the account whose posts these are posts like a machine, and why; nothing for others."""
    author = asked.narrow.get("author")
    if not author:
        return
    found = ask.machine(visit, author)
    if not found.machine:
        return
    score = texts.text("machine.line", visit.language, score=visit.number(found.score, 2))
    items: list[parts.Item] = [{"text": score, "chip": True}]
    items += [
        {"text": texts.text(f"noise.machine.{reason.what}", visit.language), "tone": "muted"}
        for reason in found.reasons
    ]
    parts.draw_line(items, key="machine")
