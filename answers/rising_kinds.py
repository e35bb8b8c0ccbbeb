"""Names, links, sites and phrases for a list of what rises: candidates first, then all their posts exactly.

Which posts hold a candidate is asked by the very query that opens them, so that a site counts with its
subdomains, a link with what stands below it, and a phrase in all its spellings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from answers.asking import Asking, matching
from answers.counting import top
from answers.meant import own_words
from answers.narrowing import also, naming
from answers.posts import post_of
from answers.rising_tags import Columns, Spelling, with_past
from answers.spoken import narrowed, spoken, tell_apart
from nlp.surface import commonest
from nlp.text import prepare
from posts.errors import QueryError
from posts.selection import Selection
from trends.rising import LEAST_AUTHORS
from trends.wording import LONGEST, Said

TermKind = Literal["entity", "link", "domain"]
CANDIDATES: Final = 150
"""Items of a kind that are looked at: the commonest of the window, and as many of the weeks before it."""
PHRASES: Final = 40
"""Phrases of each language that are looked at: those that tell the window most surely from its past."""
_FIELDS: Final[dict[TermKind, str]] = {"entity": "entities", "link": "links", "domain": "domains"}
_LANGUAGES: Final = 2
_EXAMPLES: Final = 5
_UNKNOWN: Final = "und"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that may rise: how it is called, and the posts of a selection that hold it."""

    key: str
    name: str
    narrow: Callable[[Selection], Selection]
    members: tuple[Spelling, ...] = ()


Found = tuple[Columns, Callable[[list[int]], Mapping[int, Item]]]


def find_terms(asking: Asking, selection: Selection, kind: TermKind) -> Found:
    """The commonest names, links or sites of the window, and those of the weeks before.

    The latter are not listed: they show how often one of the kind is high by chance.
    """
    counted = top(asking, matching(asking, selection), _FIELDS[kind], size=CANDIDATES)
    usual = top(asking, matching(asking, with_past(selection)), _FIELDS[kind], size=CANDIDATES)
    shown = [key for key, posts in counted if posts >= LEAST_AUTHORS]
    shown = shown or [key for key, _ in counted[:LEAST_AUTHORS]]
    others = [key for key, posts in usual if posts >= LEAST_AUTHORS and key not in shown]
    items = [_term(asking, kind, key) for key in (*shown, *others)]
    return _columns(asking, selection, items, shown=len(shown), tests=None)


def _term(asking: Asking, kind: TermKind, key: str) -> Item:
    if kind == "entity":
        brands = {brand.id: brand.name for brand in (*asking.rivals, asking.ours) if brand is not None}
        name = brands.get(key) or key.partition(":")[2] or key
        return Item(key=key, name=name, narrow=lambda chosen: naming(chosen, key))
    return Item(key=key, name=key, narrow=lambda chosen: _asking_for(chosen, f'{kind}:"{key}"'))


def find_phrases(asking: Asking, selection: Selection, *, size: int) -> Found:
    """The words and phrases that are said more in the window than in the weeks before, by languages.

    All that enough people say in the window were considered, these are the surest.
    """
    here = matching(asking, selection)
    rest = matching(asking, with_past(selection).narrowed(until=selection.since))
    items: list[Item] = []
    tests = 0
    for language, _ in top(asking, here, "language", size=_LANGUAGES, without=(_UNKNOWN,)):
        only = {"term": {"language": language}}
        ours, theirs = (spoken(asking, narrowed(side, only)) for side in (here, rest))
        if len(ours.ids) < LEAST_AUTHORS or not theirs.ids:
            continue
        tests += _said_by_enough(ours.said)
        hidden = own_words(asking, selection)
        for found in tell_apart(ours, theirs, language, hidden)[: min(PHRASES, size)]:
            ids = [ours.ids[place] for place in found.places[:_EXAMPLES]]
            posts = [post_of(document) for document in asking.store.get("posts", ids).values()]
            texts = [prepare(f"{post.title or ''}\n{post.text}".strip(), language) for post in posts]
            name = commonest(texts, found.words)
            if name is not None:
                items.append(_phrase(" ".join(found.words), name, language))
    return _columns(asking, selection, items, shown=len(items), tests=tests)


def _phrase(words: str, name: str, language: str) -> Item:
    def narrow(chosen: Selection) -> Selection:
        return _asking_for(chosen, f'"{words}"').narrowed(language=language)

    return Item(key=f"{language}:{words}", name=name, narrow=narrow)


def _asking_for(selection: Selection, condition: str) -> Selection:
    return selection.narrowed(query=also(selection.query, condition))


def _said_by_enough(said: Said) -> int:
    """How many words and phrases at least so many people say."""
    voices: Counter[str] = Counter()
    by_voice: dict[int, set[str]] = {}
    for text, voice in zip(said.texts, said.voices.tolist(), strict=True):
        words = text.split()
        own = by_voice.setdefault(voice, set())
        for length in range(1, LONGEST + 1):
            own.update(" ".join(words[at : at + length]) for at in range(len(words) - length + 1))
    for own in by_voice.values():
        voices.update(own)
    return sum(count >= LEAST_AUTHORS for count in voices.values())


def _columns(
    asking: Asking, selection: Selection, items: Sequence[Item], *, shown: int, tests: int | None
) -> Found:
    """Who wrote when of each item, in the window and the weeks before; items are numbered by their place."""
    past = with_past(selection)
    stream = asking.store.columns("posts", matching(asking, past), ["created_at"])["created_at"]
    numbers, authors, moments = [], [], []
    for place, item in enumerate(items):
        try:
            query = matching(asking, item.narrow(past))
        except QueryError:
            continue  # the question is as long as one may be: no more fits into it
        found = asking.store.columns("posts", query, ["author_n", "created_at"])
        numbers.append(np.full(len(found["author_n"]), place, dtype=np.int64))
        authors.append(found["author_n"])
        moments.append(found["created_at"])
    nothing = [np.zeros(0, dtype=np.int64)]
    columns = Columns(
        item=np.concatenate(numbers or nothing), author=np.concatenate(authors or nothing),
        at=np.concatenate(moments or nothing), stream=stream, shown=np.arange(shown), tests=tests,
    )  # fmt: skip
    return columns, lambda places: {place: items[place] for place in places}
