"""Which words and phrases some posts use more than the others: weighted log-odds, one voice an author.

What is compared is how often a word is used by the authors of some posts (``here``) against the authors of
the rest, both as shares of all words there: the log-odds ratio under an informative Dirichlet prior, divided
by its standard deviation (Monroe, Colaresi, Quinn, "Fightin' Words", Political Analysis 16, 2008, formulas
16, 20 and 22). An author is one voice, and two at most: n posts of an author on a side are together worth
n / (1 + (n - 1) / 2), the weight of observations that are correlated by a half (Kish, "Survey Sampling",
1965). So accounts that repeat themselves neither make a word nor hide one, and a side whose authors wrote
more is no different for it. False discoveries are held to a share (Benjamini, Hochberg, J. R.
Stat. Soc. B 57, 1995), of all words and phrases that could have passed the floor of authors.

A phrase (2 to 4 words) is one when its words stand together far oftener than they would by chance: normalised
pointwise mutual information (Bouma, GSCL 2009), here of all its words together. What it mostly explains is
hidden in it: «هوش» (intelligence) where it mostly stands in «هوش مصنوعی» (artificial intelligence); compare
the nested terms of the C-value (Frantzi, Ananiadou, Mima, Int. J. Digit. Libr. 3, 2000).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from trends.nesting import Nest, settle
from trends.odds import chances, false_rates, log_odds

LEAST_AUTHORS: Final = 3
"""Authors here that use a word before it is told."""
FALSE_SHARE: Final = 0.05
"""The share of false discoveries that is accepted."""
LONGEST: Final = 4
"""Words of the longest phrase."""
COHESION: Final = 0.3
"""Normalised mutual information from which on words are a phrase: 0 is chance, 1 is never apart."""
OWNED: Final = 0.5
"""The share of a word's posts here that makes a phrase of it and a word of the question."""
ALIKE: Final = 0.5
"""How alike the posts of an author are: of n posts each is worth 1 / (1 + ALIKE (n - 1)) of a voice."""
_WEIGHED: Final = 400
"""Words and phrases that are compared with each other, the surest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one side says: the folded words of each post, joined by spaces, and a number for its author.

    ``stands_for`` is how many posts there are where these are a sample of them.
    """

    texts: Sequence[str]
    voices: np.ndarray
    stands_for: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A word or phrase that is used more here; counts are of the posts that were given.

    ``score`` is the z-score of its log-odds ratio, ``false_rate`` the share of false discoveries down to it
    (a q-value). ``share`` and ``rest_share`` are the parts of the posts with it on each side, weighed by
    voices; ``ratio`` is how many times as much it is said here, half an author added on both
    sides. ``posts``, ``authors`` are those here, ``rest_posts``, ``rest_authors`` those of the rest.
    ``forms`` are its inflections (itself first), ``parts`` what it explains and hides, ``beside`` what
    stands in the same posts. ``places`` are the places of its posts in ``here``.
    """

    words: tuple[str, ...]
    score: float
    false_rate: float
    share: float
    rest_share: float
    ratio: float
    posts: int
    authors: int
    rest_posts: int
    rest_authors: int
    forms: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]
    beside: tuple[tuple[str, ...], ...]
    places: tuple[int, ...]


def telling(
    here: Said,
    rest: Said,
    *,
    quiet: Collection[str] = (),
    hidden: Collection[str] = (),
    heads: Mapping[str, str] | None = None,
    least_authors: int = LEAST_AUTHORS,
    false_share: float = FALSE_SHARE,
) -> tuple[Wording, ...]:
    """The words and phrases that tell ``here`` from ``rest``, the surest first; none where a side is silent.

    ``quiet`` words (stop words) count for nothing alone and begin and end no phrase; neither do single
    letters; numbers stand in none. ``hidden`` are the words of the question: not told alone; a phrase begins
    or ends with them only where all but one of its words are of the question (tea: "iced tea"). ``heads``
    names the word under which an inflection is counted.
    """
    sides = (here, rest)
    if not all(any(side.texts) for side in sides):
        return ()
    read = _read(sides)
    mute = np.array([is_mute(word) or word in quiet for word in read.words], dtype=bool)
    veiled = np.array([word in hidden for word in read.words], dtype=bool)
    head = _heads(read, heads or {})
    tables = _tables(read, mute, head, least_authors)
    rows, tests = _judged(read, tables, mute, veiled, least_authors, false_share)
    kept = settle([_nest(read, tables, head, veiled, row) for row in rows[:_WEIGHED]])
    # What is hidden was found as well; the share that may be false is that of what is told.
    rates = false_rates(np.array([rows[nest.rank].chance for nest in kept]), tests).tolist()
    return tuple(
        _told(read, tables, head, rows[nest.rank], nest, rate)
        for nest, rate in zip(kept, rates, strict=True)
        if rate <= false_share
    )


def distinct(numbers: np.ndarray) -> np.ndarray:
    """The different numbers in order: several times as quick as ``np.unique`` where many are."""
    ordered = np.sort(numbers)
    first = np.empty(len(ordered), dtype=bool)
    first[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    found: np.ndarray = ordered[first]
    return found


def is_mute(word: str) -> bool:
    """Whether a word tells nothing by itself: one letter, or a number."""
    return len(word) < 2 or word.isdigit()


@dataclass(frozen=True, slots=True)
class _Read:
    """All words of both sides as one row of numbers, with the post of each; -1 parts posts."""

    words: list[str]
    flow: np.ndarray
    post: np.ndarray
    voice: np.ndarray
    worth: np.ndarray
    first_of_rest: int
    standing: np.ndarray
    whole: np.ndarray


@dataclass(frozen=True, slots=True)
class _Table:
    """The grams of one length: their words, and for each of both sides what was counted of it.

    ``pairs`` are (gram, post) without repetition, ordered by gram. ``names`` are words of each gram, a row
    each. ``votes``, ``heard``, ``authors``, ``posts`` have a row a side: the sum of its authors' votes; how
    many whole authors these are worth for certainty (their sum squared by the sum of their squares, Kish's
    effective size); how many authors and posts there are.
    """

    names: np.ndarray
    grams: np.ndarray
    holders: np.ndarray
    votes: np.ndarray
    heard: np.ndarray
    authors: np.ndarray
    posts: np.ndarray


@dataclass(frozen=True, slots=True)
class _Row:
    """One gram that passed: its table and place there, and what it was judged at."""

    length: int
    place: int
    score: float
    chance: float


def _read(sides: tuple[Said, Said]) -> _Read:
    known: dict[str, int] = {}
    flow: list[int] = []
    lengths: list[int] = []
    for side in sides:
        for text in side.texts:
            words = text.split()
            flow += [known.setdefault(word, len(known)) for word in words]
            flow.append(-1)
            lengths.append(len(words) + 1)
    post = np.repeat(np.arange(len(lengths)), lengths)
    voices, worths = zip(*(_worth(side) for side in sides), strict=True)
    voices = (voices[0], voices[1] + len(sides[0].texts))
    return _Read(
        list(known), np.array(flow, dtype=np.int64), post, np.concatenate(voices), np.concatenate(worths),
        len(sides[0].texts),
        np.array([_standing(side) for side in sides]),
        np.array([worth.sum() for worth in worths]),
    )  # fmt: skip


def _worth(side: Said) -> tuple[np.ndarray, np.ndarray]:
    """The author of each post as a small number, and what the post is worth as a part of their voice."""
    _, voice, posts = np.unique(np.asarray(side.voices), return_inverse=True, return_counts=True)
    return voice, 1.0 / (1.0 + ALIKE * (posts[voice] - 1))


def _standing(side: Said) -> float:
    """How many posts each of a sample stands for."""
    return 1.0 if side.stands_for is None else side.stands_for / len(side.texts)


def _heads(read: _Read, heads: Mapping[str, str]) -> np.ndarray:
    """The word under which each word is counted when it stands alone; most often itself."""
    numbers = {word: number for number, word in enumerate(read.words)}
    named = (numbers.get(heads.get(word, word), number) for number, word in enumerate(read.words))
    return np.fromiter(named, dtype=np.int64, count=len(read.words))


def _tables(read: _Read, mute: np.ndarray, head: np.ndarray, least: int) -> list[_Table]:
    """The single words, and the phrases of each length that stand in enough posts, of both sides together."""
    spoken = read.flow >= 0
    tables = [_table(read, head[read.flow[spoken]], read.post[spoken], np.arange(len(head))[:, None])]
    # The run that stands at each place: of one word first, then of one more in every round.
    plain = np.array([not word.isdigit() for word in read.words], dtype=bool)
    flow = np.where(spoken & plain[read.flow], read.flow, -1)
    run, begins = flow, np.flatnonzero(flow >= 0)
    names = np.arange(len(head))[:, None]
    for length in range(2, LONGEST + 1):
        last = flow[begins + length - 1]  # behind the last word of all stands a -1
        begins, last = begins[last >= 0], last[last >= 0]
        codes, place = np.unique(run[begins] * len(head) + last, return_inverse=True)
        names = np.column_stack([names[codes // len(head)], codes % len(head)])
        # Rare runs are left behind: what holds them is no commoner.
        common = np.bincount(place) >= least
        kept = common[place]
        begins, place = begins[kept], (np.cumsum(common) - 1)[place[kept]]
        names = names[common]
        run = np.full(len(flow), -1)
        run[begins] = place
        bare = ~mute[names[:, 0]] & ~mute[names[:, -1]] if len(names) else np.zeros(0, dtype=bool)
        told = bare[place]
        number = np.cumsum(bare) - 1
        tables.append(_table(read, number[place[told]], read.post[begins[told]], names[bare]))
    return tables


def _table(read: _Read, grams: np.ndarray, posts: np.ndarray, names: np.ndarray) -> _Table:
    """Posts, authors and votes of each gram on either side."""
    size = len(names)
    pairs = distinct(grams * len(read.voice) + posts)
    gram, post = pairs // len(read.voice), pairs % len(read.voice)
    counts = []
    for ours in (post < read.first_of_rest, post >= read.first_of_rest):
        said, which = np.unique(gram[ours] * len(read.voice) + read.voice[post[ours]], return_inverse=True)
        share = np.bincount(which, weights=read.worth[post[ours]], minlength=len(said))
        by = said // len(read.voice)
        votes = np.bincount(by, weights=share, minlength=size)
        squares = np.bincount(by, weights=share**2, minlength=size)
        heard = np.divide(votes**2, squares, out=np.zeros(size), where=squares > 0)
        # Rounded, for sums of fractions depend on the order of posts in their last digits.
        counts.append((
            np.round(votes, 9),
            np.round(heard, 9),
            np.bincount(by, minlength=size),
            np.bincount(gram[ours], minlength=size),
        ))  # fmt: skip
    return _Table(names, gram, post, *(np.stack(side) for side in zip(*counts, strict=True)))


def _judged(
    read: _Read, tables: list[_Table], mute: np.ndarray, veiled: np.ndarray, least: int, false_share: float
) -> tuple[list[_Row], int]:
    """The grams that are used more here, by enough authors, surely, the surest first; of how many."""
    totals, plain = tables[0].votes.sum(axis=1), _plain_posts(read)
    usual = tables[0].heard.sum(axis=1) / totals
    found: list[tuple[int, np.ndarray, np.ndarray, np.ndarray]] = []
    for length, table in enumerate(tables, start=1):
        # Whatever could pass is a test, whether it does or not: by both sides together, which favours none.
        tried = np.flatnonzero(table.authors.sum(axis=0) >= least)
        tried = tried[~(veiled | mute)[table.names[tried]].all(axis=1)]
        if length > 1:
            tried = tried[_is_phrase(read, plain, table, tried, veiled)]
        votes, heard = table.votes[:, tried], table.heard[:, tried]
        score = log_odds(votes, heard, totals)
        chance = np.where(table.authors[0, tried] >= least, chances(votes, heard, totals, usual), 1.0)
        found.append((length, tried, score, chance))
    tails = np.concatenate([chance for *_, chance in found])
    surely = (false_rates(tails) <= false_share) & (tails < 1.0)
    rows: list[_Row] = []
    first = 0
    for length, tried, score, chance in found:
        passed = np.flatnonzero(surely[first : first + len(tried)])
        first += len(tried)
        columns = (tried[passed], score[passed], chance[passed])
        rows += [_Row(length, *row) for row in zip(*(column.tolist() for column in columns), strict=True)]
    return sorted(rows, key=lambda row: (-round(row.score, 6), -row.length, _words(read, tables, row))), len(
        tails
    )


def _is_phrase(
    read: _Read, plain: np.ndarray, table: _Table, tried: np.ndarray, veiled: np.ndarray
) -> np.ndarray:
    """Whether the words belong together.

    The question's own words stand in all posts here, and so beside any word: one of them makes a phrase with
    a word that mostly has it there.
    """
    names = table.names[tried]
    asks = veiled[names]
    edged = asks[:, 0] | asks[:, -1]
    lone = asks.sum(axis=1) == names.shape[1] - 1
    other = names[np.arange(len(names)), np.argmin(asks, axis=1)]
    owns = lone & (table.posts[0, tried] >= OWNED * plain[0, other])
    whole: np.ndarray = np.where(edged, owns, _cohesion(read, plain, table, tried) >= COHESION)
    return whole


def _cohesion(read: _Read, plain: np.ndarray, table: _Table, tried: np.ndarray) -> np.ndarray:
    """How much more its words stand together than by chance, from 0 (no more) to 1 (never apart)."""
    standing = read.standing
    whole = standing @ np.array([read.first_of_rest, len(read.voice) - read.first_of_rest], dtype=float)
    share = standing @ table.posts[:, tried] / whole
    parts = (standing @ plain) / whole
    with np.errstate(divide="ignore", invalid="ignore"):
        mutual = np.log(share) - np.log(parts[table.names[tried]]).sum(axis=1)
        cohesion = mutual / (-(table.names.shape[1] - 1) * np.log(share))
    found: np.ndarray = np.nan_to_num(cohesion, nan=0.0, posinf=0.0, neginf=0.0)
    return found


def _plain_posts(read: _Read) -> np.ndarray:
    """Posts of each side that hold each word as it stands, not under the head of its inflections."""
    spoken = read.flow >= 0
    pairs = distinct(read.flow[spoken] * len(read.voice) + read.post[spoken])
    word, post = pairs // len(read.voice), pairs % len(read.voice)
    size = len(read.words)
    return np.stack([
        np.bincount(word[post < read.first_of_rest], minlength=size),
        np.bincount(word[post >= read.first_of_rest], minlength=size),
    ])  # fmt: skip


def _words(read: _Read, tables: list[_Table], row: _Row) -> tuple[str, ...]:
    return tuple(read.words[number] for number in tables[row.length - 1].names[row.place].tolist())


def _places(read: _Read, table: _Table, row: _Row) -> np.ndarray:
    """The places of the posts here that hold a gram."""
    first, last = np.searchsorted(table.grams, [row.place, row.place + 1])
    posts = table.holders[first:last]
    return posts[posts < read.first_of_rest]


def _nest(read: _Read, tables: list[_Table], head: np.ndarray, veiled: np.ndarray, row: _Row) -> Nest:
    table = tables[row.length - 1]
    held = np.zeros(read.first_of_rest, dtype=bool)
    held[_places(read, table, row)] = True
    names = table.names[row.place]
    return Nest(
        words=_words(read, tables, row), keys=tuple(head[names].tolist()),
        posts=int.from_bytes(np.packbits(held).tobytes(), "big"),
        asks=bool(veiled[names[0]] or veiled[names[-1]]),
    )  # fmt: skip


def _told(
    read: _Read, tables: list[_Table], head: np.ndarray, row: _Row, nest: Nest, false_rate: float
) -> Wording:
    table = tables[row.length - 1]
    (posts, rest_posts), (authors, rest_authors) = (
        counts[:, row.place].tolist() for counts in (table.posts, table.authors)
    )
    share, rest_share = np.round(table.votes[:, row.place] / read.whole, 9).tolist()
    return Wording(
        words=nest.words, score=row.score, false_rate=false_rate, share=share, rest_share=rest_share,
        ratio=_ratio(table.votes[:, row.place], tables[0].votes.sum(axis=1)),
        posts=posts, authors=authors, rest_posts=rest_posts, rest_authors=rest_authors,
        forms=_forms(read, head, row) if row.length == 1 else (),
        parts=tuple(nest.parts), beside=tuple(nest.beside),
        places=tuple(_places(read, table, row).tolist()),
    )  # fmt: skip


def _ratio(votes: np.ndarray, totals: np.ndarray) -> float:
    """How many times as much the first side says it, half an author added to both."""
    more, less = ((votes + 0.5) / totals).tolist()
    return float(more / less)


def _forms(read: _Read, head: np.ndarray, row: _Row) -> tuple[str, ...]:
    """The inflections counted under a word, itself first."""
    forms = np.flatnonzero(head == row.place).tolist()
    return (read.words[row.place], *sorted(read.words[form] for form in forms if form != row.place))
