"""How much of a rise is left when what was arranged, repeated or done by machines is taken out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from answers.asking import Asking, matching
from answers.machine import machine
from answers.narrowing import also
from answers.rise import Rise, Row, opening
from posts.answer import Figure
from posts.errors import QueryError
from posts.post import number
from posts.selection import Selection
from trends.coordinated import LEAST, WINDOW_S, together

Ints = npt.NDArray[np.int64]
Rule = Literal["together", "copies", "marked", "machines", "many"]

RULES: Final[tuple[Rule, ...]] = ("together", "copies", "marked", "machines", "many")
EACH: Final = 3
"""Posts of one author that count; the others are ``many``."""
LEAST_WORDS: Final = 5
"""Words of a text that two people do not write within a minute by chance."""
BUSIEST: Final = 5
"""Authors that are looked at for machines: those with most posts in the rise, beyond ``EACH``."""
DUPLICATE: Final = "duplicate"
_MARKS: Final = ("spam", "bot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What a rule takes out; a post may be in several groups.

    ``together``: the same text (of at least 5 words) by two accounts within 60 seconds, or the same pages or
    posts shared within 60 seconds, at least twice. ``copies``: the text of an earlier post, but
    for its address, names or numbers.
    ``marked``: spam or an account that says it is a bot. ``machines``: of an account that posts like a
    machine. ``many``: an author's fourth post and every further one.
    """

    rule: Rule
    posts: Figure
    authors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Organic:
    """What is left of ``all_posts`` by ``all_authors``; an author is left with any post that is.

    ``share`` is of authors (``None`` where none is told). Of more than 200 posts that are left the newest are
    opened.
    """

    posts: Figure
    authors: int
    all_posts: Figure
    all_authors: int
    share: float | None
    groups: tuple[Group, ...]


def organic(asking: Asking, rise: Rise) -> Organic:
    """The posts and authors that no rule takes out."""
    machines = _machines(asking, rise)
    found = {
        "together": _together(rise.rows),
        "copies": {row.id for row in rise.rows if DUPLICATE in row.noise},
        "marked": {row.id for row in rise.rows if set(_MARKS) & set(row.noise)},
        "machines": {row.id for row in rise.rows if row.author in machines},
        "many": _many(rise.rows),
    }
    out = set().union(*found.values())
    left = [row for row in rise.rows if row.id not in out]
    authors = {row.author_n for row in left if row.author_n >= 0}
    return Organic(
        posts=Figure(value=len(left), selection=opening([row.id for row in reversed(left)])),
        authors=len(authors),
        all_posts=Figure(value=len(rise.rows), selection=rise.selection), all_authors=len(rise.authors),
        share=len(authors) / len(rise.authors) if len(rise.authors) else None,
        groups=tuple(_group(asking, rise, rule, found[rule]) for rule in RULES if found[rule]),
    )  # fmt: skip


def _group(asking: Asking, rise: Rise, rule: Rule, ids: set[str]) -> Group:
    rows = [row for row in reversed(rise.rows) if row.id in ids]
    chosen = opening([row.id for row in rows])
    named = {"copies": f"noise:{DUPLICATE}", "marked": "(noise:spam OR noise:bot)"}.get(rule)
    if named is not None and len(rows) > len(chosen.ids):
        chosen = _asked(asking, rise.selection, named, len(rows)) or chosen
    authors = {row.author_n for row in rows if row.author_n >= 0}
    return Group(rule=rule, posts=Figure(value=len(rows), selection=chosen), authors=len(authors))


def _asked(asking: Asking, selection: Selection, condition: str, posts: int) -> Selection | None:
    """The query for them, if it can be said and finds just as many."""
    try:
        chosen = selection.narrowed(query=also(selection.query, condition))
        return chosen if asking.store.count("posts", matching(asking, chosen)) == posts else None
    except QueryError:
        return None


def _together(rows: tuple[Row, ...]) -> set[str]:
    """Posts that say or share the same within a minute."""
    texts = ((row, row.text) for row in rows if len(row.text.split()) >= LEAST_WORDS)
    things = (
        (row, thing)
        for row in rows
        for thing in (*row.links, *([f"repost:{row.repost_of}"] if row.repost_of else ()))
    )
    return _at_once(texts, least=1) | _at_once(things, least=LEAST)


def _at_once(shares: Iterable[tuple[Row, str]], *, least: int) -> set[str]:
    made = list(shares)
    thing = np.array([number(each) for _, each in made], dtype=np.int64)
    author = np.array([row.author_n for row, _ in made], dtype=np.int64)
    at = np.array([row.at for row, _ in made], dtype=np.int64)
    marked = together(thing, author, at, window=WINDOW_S, least=least)
    return {made[place][0].id for place in np.flatnonzero(marked).tolist()}


def _many(rows: tuple[Row, ...]) -> set[str]:
    seen: Counter[int] = Counter()
    found = set()
    for row in rows:
        if row.author_n < 0:
            continue
        seen[row.author_n] += 1
        if seen[row.author_n] > EACH:
            found.add(row.id)
    return found


def _machines(asking: Asking, rise: Rise) -> set[str]:
    """The accounts among the busiest that post like machines."""
    posts = Counter(row.author for row in rise.rows if row.author is not None)
    busy = sorted((key for key, many in posts.items() if many > EACH), key=lambda key: (-posts[key], key))
    return {key for key in busy[:BUSIEST] if machine(asking, key).machine}
