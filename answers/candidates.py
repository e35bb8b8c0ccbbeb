"""Which hashtags come into question for a word, a hashtag, a draft or an audience."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, Literal

import numpy as np

from answers.asking import Asking, matching
from answers.meant import everyone
from answers.stream import Ints, Mask, Stream
from nlp import families, hashtags
from nlp.fold import tokens
from nlp.segment import segment
from nlp.stopwords import languages, of
from posts.post import number
from posts.selection import Selection
from trends.odds import false_rates
from trends.tail import surprise

Why = Literal["named", "beside", "said with", "in its name", "like the draft", "audience"]

FALSE_RATE: Final = 0.05
LEAST_AUTHORS: Final = 3
"""Authors in the posts that were asked about below which a hashtag is not brought up."""
DRAFT_WORDS: Final = 16
ALIKE: Final = 300
"""Posts most like a draft whose hashtags are taken."""
_NEAREST: Final = 5
_LEAST_PART: Final = 4
"""Letters of a word that may stand within a hashtag that is not parted into words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A hashtag by its family key, why it comes into question, and how unlikely chance brings it (-log10)."""

    key: str
    why: Why
    relevance: float


def brought(stream: Stream, chosen: Mask, keys: Mapping[int, str], why: Why) -> list[Candidate]:
    """Hashtags that more people carry in the chosen posts than they would by chance, the surest first.

    Expected are, of all people who carry it, so many as the chosen people are of all (negative binomial
    tail); those that stay below a false discovery rate of ``FALSE_RATE``.
    """
    author = stream.columns["author_n"]
    told = author >= 0
    people = np.unique(author[chosen & told]).size
    everyone_ = np.unique(author[told]).size
    if not people or people == everyone_:
        return []
    tags, inside = _authors_by_tag(stream, chosen)
    all_tags, overall = _authors_by_tag(stream, told)
    total = overall[np.searchsorted(all_tags, tags)]
    tail = surprise(inside, total * people / everyone_)
    rate = false_rates(10.0**-tail) if len(tags) else tail
    kept = [
        Candidate(key=keys[tag], why=why, relevance=round(float(score), 9))
        for tag, count, score, false in zip(tags.tolist(), inside, tail, rate, strict=True)
        if tag in keys and count >= LEAST_AUTHORS and false <= FALSE_RATE
    ]
    return sorted(kept, key=lambda row: (-row.relevance, row.key))


def _authors_by_tag(stream: Stream, chosen: Mask) -> tuple[Ints, Ints]:
    """Distinct authors of each tag in the chosen posts."""
    use = chosen[stream.use_post]
    author = stream.columns["author_n"][stream.use_post[use]]
    pairs = np.unique(np.stack([stream.use_tag[use], author])[:, author >= 0], axis=1)
    return np.unique(pairs[0], return_counts=True)


def for_seed(
    asking: Asking, selection: Selection, stream: Stream, keys: Mapping[int, str], seed: str
) -> list[Candidate]:
    """For a hashtag itself and those beside it; for a word also those said with it and named by it."""
    key = asking.families.key(seed)
    found: list[Candidate] = []
    if number(key) in keys:
        found.append(Candidate(key=key, why="named", relevance=float("inf")))
        found += brought(stream, stream.with_tag(number(key)), keys, "beside")
    if seed.strip().startswith(("#", "＃")):
        return found
    words = tokens(seed)
    if words:
        said = Selection(query='"' + " ".join(words) + '"')
        numbers = _numbers(asking, selection, said)
        found += brought(stream, stream.marked(numbers), keys, "said with")
        found += [
            Candidate(key=other, why="in its name", relevance=0.0)
            for other in keys.values()
            if _names(other, words)
        ]
    return found


def _names(key: str, words: Sequence[str]) -> bool:
    whole = "".join(words)
    return whole in segment(key) or (len(whole) >= _LEAST_PART and whole in key)


def for_draft(
    asking: Asking, selection: Selection, stream: Stream, keys: Mapping[int, str], draft: str
) -> list[Candidate]:
    """Its own hashtags, and those of the posts that share most of its words, rare ones counting more."""
    own = [asking.families.key(tag.text) for tag in hashtags.find(draft)]
    found = [Candidate(key=key, why="named", relevance=float("inf")) for key in own if number(key) in keys]
    weight = np.zeros(len(stream.counted))
    for word in content_words(draft):
        holds = stream.marked(_numbers(asking, selection, Selection(query=f'"{word}"')))
        if holds.any():
            weight[holds] += np.log(len(holds) / holds.sum())
    some = np.flatnonzero(weight > 0)
    if len(some):
        order = np.lexsort((stream.columns["n"][some], -np.round(weight[some], 9)))
        chosen = np.zeros(len(weight), dtype=bool)
        chosen[some[order[:ALIKE]]] = True
        found += brought(stream, chosen, keys, "like the draft")
    return found


def content_words(draft: str) -> list[str]:
    """The words of a draft that say what it is about, the longest where there are many."""
    empty = frozenset().union(*(of(language) for language in languages()))
    words = [word for word in dict.fromkeys(tokens(draft)) if word not in empty and len(word) > 2]
    words = [word for word in words if re.fullmatch(r"\w+", word) and not word.isdigit()]
    return sorted(words, key=lambda word: (-len(word), word))[:DRAFT_WORDS]


def for_audience(
    asking: Asking, selection: Selection, stream: Stream, keys: Mapping[int, str], query: str
) -> list[Candidate]:
    """Hashtags that the authors of the posts of a query use more than others, in all they write."""
    author = stream.columns["author_n"]
    wrote = stream.marked(_numbers(asking, selection, Selection(query=query)))
    people = np.unique(author[wrote & (author >= 0)])
    return brought(stream, np.isin(author, people), keys, "audience")


def _numbers(asking: Asking, selection: Selection, asked: Selection) -> Ints:
    """The posts of the window for which a query holds."""
    window = everyone(selection).narrowed(query=asked.query)
    return asking.store.columns("posts", matching(asking, window), ["n"])["n"]


def joined(found: Iterable[Candidate]) -> list[Candidate]:
    """Each hashtag once, for its best reason; the most relevant first."""
    best: dict[str, Candidate] = {}
    for row in found:
        if row.key not in best or row.relevance > best[row.key].relevance:
            best[row.key] = row
    return sorted(best.values(), key=lambda row: (-row.relevance, row.key))


def nearest(key: str, keys: Iterable[str]) -> tuple[str, ...]:
    """Known families that look most like one that nobody uses: drawn alike, kin, or few letters apart."""
    known = list(keys)
    alike = families.look_alikes(key, known)
    kin = [found.key for found in families.siblings(key, Counter({k: 2 for k in known}))]
    close = get_close_matches(key, known, n=_NEAREST, cutoff=0.75)
    parts = [other for other in known if set(segment(key)) & set(segment(other)) and other not in close]
    return tuple(dict.fromkeys([*alike, *close, *kin, *sorted(parts)]))[:_NEAREST]
