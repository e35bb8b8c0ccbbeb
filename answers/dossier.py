"""A dossier: what is known of some hashtags in a window, counted exactly, with a mark of every post behind.

Nothing in it depends on when or where it is made: the window's end and ``as_of`` are part of the question,
so that the same posts give the same record on either engine, and another one says what has changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, NamedTuple

import msgspec

from answers.asking import Asking, bounded, matching
from answers.dossier_posts import Sample, TagNumbers, Telling, mark, numbers, read, samples
from answers.listening import cut, listening
from answers.research import research
from answers.trends import standing
from posts.errors import RasadError
from posts.selection import Selection, from_params
from store.mapping import SCHEMA_VERSION
from trends.intervals import length

EDITION: Final = 1
"""Edition of the formulas and of the record; another one is not compared."""
MOST_TAGS: Final = 10
MOST_POSTS: Final = 200_000
"""Posts of which a dossier keeps the marks: more are another window's."""
MOST_SAMPLES: Final = 50


class TooMany(RasadError):
    """More posts, or hashtags, than one dossier holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked: hashtags (family keys), and the selection as an address writes it, in absolute UTC.

    ``as_of`` is the moment it was asked for, never after the end of the window.
    """

    tags: tuple[str, ...]
    selection: dict[str, str]
    time_zone: str
    as_of: str
    samples: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What it was made with."""

    rasad: str
    formulas: int = EDITION
    schema: int = SCHEMA_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """The last day of the window against the weeks before it (``answers.trends``)."""

    status: str
    posts: int
    authors: int
    expected: float | None
    ratio: float | None
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What ``answers.research`` says of it: its verdict and how sure that is (``light``), by so many authors.

    ``visible_s`` is for how long a post stays among the newest, at least. ``lift`` is how many times as much
    posts with it draw as the same authors' others, ``low`` and ``high`` its 95 % bounds, by ``lift_authors``.
    """

    verdict: str
    light: str
    visible_s: int
    lift: float | None
    low: float | None
    high: float | None
    lift_authors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TagSection:
    """One hashtag: its numbers, how it stands against its habit, and the digest of its posts."""

    key: str
    name: str
    numbers: TagNumbers
    habit: Habit | None
    advice: Advice | None
    samples: tuple[Sample, ...]
    posts_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTime:
    """How long a source was heard in the window and how long it was not, in seconds; the rest is unknown."""

    source: str
    platform: str
    heard_s: int
    missing_s: int


class Mark(NamedTuple):
    """A post behind the numbers: ``tags`` are the bits of the dossier's hashtags that it carries.

    ``digests`` are four of eight signs each: of its text, its hashtags, its author, and how it was read
    (platform, language, mood, sources). ``counts`` are likes, comments, shares, quotes and views.
    """

    id: str
    created_at: int
    tags: int
    digests: str
    counts: tuple[int | None, int | None, int | None, int | None, int | None]
    followers: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """All of it; ``window_posts`` are the posts of the same window with any hashtag or none."""

    question: Question
    versions: Versions
    window_posts: int
    tags: tuple[TagSection, ...]
    coverage: tuple[SourceTime, ...]
    posts: tuple[Mark, ...]


def dossier(
    asking: Asking, selection: Selection, tags: Sequence[str], *, version: str, samples: int = 0
) -> Dossier:
    """The hashtags of a selection (without a window, its last 7 days), each counted by itself.

    ``version`` is that of Rasad; ``samples`` is how many of the newest posts of each hashtag stand in it with
    their words. ``TooMany`` hashtags or posts; ``QueryError`` for a query that cannot be read.
    """
    keys = tuple(dict.fromkeys(filter(None, map(asking.families.key, tags))))
    if not 1 <= len(keys) <= MOST_TAGS:
        raise TooMany(f"a dossier has 1 to {MOST_TAGS} hashtags", remedy="Name fewer, or one.")
    window = bounded(asking, selection.narrowed(hashtag=None))
    assert window.until is not None
    as_of = min(window.until, asking.now.replace(microsecond=0))
    question = Question(
        tags=keys, selection=window.to_params(), time_zone=asking.time_zone, as_of=_written(as_of),
        samples=max(0, min(samples, MOST_SAMPLES)),
    )  # fmt: skip
    return answer(asking, question, version=version)


def answer(asking: Asking, question: Question, *, version: str) -> Dossier:
    """The same question asked (again): of the store as it is now, as of the moment of the question."""
    then = datetime.fromisoformat(question.as_of)
    asking = replace(asking, now=then, time_zone=question.time_zone)
    window = from_params(question.selection)
    told = _read(asking, window, question.tags)
    elsewhere, whole = _around(asking, window, told)
    advice = _advice(asking, window, question.tags)
    sections = tuple(
        _section(asking, window, question, key, told, elsewhere, advice.get(key)) for key in question.tags
    )
    return Dossier(
        question=question, versions=Versions(rasad=version), window_posts=whole, tags=sections,
        coverage=_coverage(asking, window), posts=tuple(Mark(*mark(each, question.tags)) for each in told),
    )  # fmt: skip


def _read(asking: Asking, window: Selection, keys: Sequence[str]) -> list[Telling]:
    """What counts of the posts with any of the hashtags, in the order of their ids."""
    query = {"bool": {"filter": [matching(asking, window), {"terms": {"hashtags": list(keys)}}]}}
    posts = asking.store.count("posts", query)
    if posts > MOST_POSTS:
        raise TooMany(
            f"a dossier holds {MOST_POSTS:,} posts, these are {posts:,}", remedy="Choose a shorter window."
        )
    found = asking.store.scan("posts", query, ["post", "language"])
    return sorted(map(read, found), key=lambda each: each.post.id)


def _around(asking: Asking, window: Selection, told: Sequence[Telling]) -> tuple[dict[str, int], int]:
    """Posts of the window with each hashtag that stands beside ours, and all of them."""
    query = matching(asking, window)
    names = sorted({key for each in told for key in each.tags})
    counts: dict[str, int] = {}
    for start in range(0, len(names), 1_000):
        part = names[start : start + 1_000]
        aggs = {"by": {"terms": {"field": "hashtags", "size": len(part), "include": part}}}
        found = asking.store.search("posts", {"query": query, "size": 0, "aggs": aggs})
        counts |= {row["key"]: row["doc_count"] for row in found["aggregations"]["by"]["buckets"]}
    return counts, asking.store.count("posts", query)


def _section(
    asking: Asking,
    window: Selection,
    question: Question,
    key: str,
    told: Sequence[Telling],
    elsewhere: dict[str, int],
    advice: Advice | None,
) -> TagSection:
    own = [each for each in told if key in each.tags]
    counted = numbers(own, key, window, elsewhere, time_zone=asking.time_zone)
    return TagSection(
        key=key, name=counted.spellings[0][0] if counted.spellings else key, numbers=counted,
        habit=_habit(asking, window, key) if own else None,
        advice=advice if own else None, samples=samples(own, question.samples),
        posts_digest=digest_of(Mark(*mark(each, question.tags)) for each in own),
    )  # fmt: skip


def digest_of(marks: Iterable[Mark]) -> str:
    """SHA-256 of the marks of posts, one JSON line each, in the order of their ids."""
    found = hashlib.sha256()
    for each in marks:
        found.update(msgspec.json.encode(each) + b"\n")
    return found.hexdigest()


def _habit(asking: Asking, window: Selection, key: str) -> Habit | None:
    found = standing(asking, window, key)
    if found is None:
        return None
    expected = found.expected.value
    return Habit(
        status=found.status, posts=int(found.posts.value or 0), authors=int(found.authors.value or 0),
        expected=None if expected is None else round(float(expected), 2),
        ratio=None if found.ratio is None else round(found.ratio, 2), score=round(found.score, 2),
    )  # fmt: skip


def _advice(asking: Asking, window: Selection, keys: tuple[str, ...]) -> dict[str, Advice]:
    rows = research(asking, window, keys=keys, size=len(keys)).value.rows
    return {
        row.key: Advice(
            verdict=row.verdict.code, light=row.verdict.light, visible_s=int(row.visible.at_least_s),
            lift=_rounded(row.lift.ratio), low=_rounded(row.lift.low), high=_rounded(row.lift.high),
            lift_authors=row.lift.authors,
        )
        for row in rows
    }  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _coverage(asking: Asking, window: Selection) -> tuple[SourceTime, ...]:
    """The sources that the window draws on, and how long each was heard."""
    assert window.since is not None
    assert window.until is not None
    facts = [
        each
        for each in asking.sources
        if window.source in (None, each.name) and window.platform in (None, each.platform)
    ]
    span = int(window.since.timestamp()), int(window.until.timestamp())
    heard = listening(asking, facts, since=window.since, until=window.until)
    own = {name: cut(each, span) for name, each in heard.items()}
    return tuple(
        SourceTime(
            source=each.name, platform=each.platform, heard_s=length(own[each.name].collected),
            missing_s=length(own[each.name].missing),
        )
        for each in sorted(facts, key=lambda each: each.name)
    )  # fmt: skip


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def kept(asking: Asking, ids: Sequence[str]) -> set[str]:
    """Those of the posts that are still in the project, not deleted."""
    found: set[str] = set()
    for start in range(0, len(ids), 500):
        query = matching(asking, Selection(ids=tuple(ids[start : start + 500])))
        found.update(row["id"] for row in asking.store.scan("posts", query, ["id"]))
    return found
