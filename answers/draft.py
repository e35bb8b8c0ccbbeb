"""A draft before it is posted: how it uses hashtags, and what the posts heard so far say of each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from answers.asking import Asking, bounded, matching
from answers.carried import Heard, heard, uses_of
from answers.collision import weighed
from answers.counting import top
from answers.coverage import answered
from answers.families import COMPARED
from answers.hashtag import names_of
from answers.meant import everyone
from nlp import families, hashtags, language, stopwords, usage
from nlp.fold import tokens
from nlp.signs import scan
from nlp.usage import Finding
from posts.answer import Answer, Figure
from posts.post import Tag, number
from posts.selection import Selection

DAYS: Final = 30
"""How far back posts are read where no window is asked for."""
BIGGER: Final = 5
"""How many times as many posts a look-alike has that is probably meant."""
LEAST_AUTHORS: Final = 10
"""People under a tag before a draft can be off its topic."""
STRANGE: Final = 0.02
"""The part of the posts under a hashtag that share as little with the others as a draft off its topic."""
LEAST_WORDS: Final = 4
"""Words of a draft before it can be off a topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftTag:
    """A hashtag of the draft, as it is written there; its posts and people in the window."""

    key: str
    written: str
    posts: Figure
    authors: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCheck:
    """What is to be said of a draft, in the order of its text; ``mended`` has right what can be put right.

    Beside the codes of ``nlp.usage``: ``unseen``, ``typo``, ``off_topic``, ``hijack`` and ``collision``.
    """

    text: str
    mended: str
    findings: tuple[Finding, ...]
    tags: tuple[DraftTag, ...]


def draft(
    asking: Asking, selection: Selection, *, text: str, platform: str | None = None
) -> Answer[DraftCheck]:
    """How a draft for a platform uses hashtags, judged by the posts of the window (else the last 30 days).

    Of the selection its window, platform and language count.
    """
    selection = everyone(bounded(asking, selection, days=DAYS))
    written = [replace(tag, normal=asking.families.key(tag.text)) for tag in hashtags.find(text)]
    uses = uses_of(asking, selection)
    tags: dict[str, DraftTag] = {}
    for tag in written:
        marks = uses.tag == number(tag.normal)
        authors = uses.author[marks & (uses.author >= 0)]
        opened = selection.narrowed(hashtag=tag.normal)
        tags.setdefault(
            tag.normal,
            DraftTag(
                key=tag.normal, written=tag.text,
                posts=Figure(value=int(np.count_nonzero(marks)), selection=opened),
                authors=Figure(value=int(np.unique(authors).size), selection=opened),
            ),
        )  # fmt: skip
    findings = [*usage.check(text, platform), *_heard(asking, selection, text, written, tags)]
    findings.sort(key=lambda one: (one.start, one.end, one.code))
    found = DraftCheck(
        text=text, mended=usage.mended(text, tuple(findings)), findings=tuple(findings),
        tags=tuple(tags.values()),
    )  # fmt: skip
    return answered(asking, selection, found, "draft")


def _heard(
    asking: Asking, selection: Selection, text: str, written: list[Tag], tags: dict[str, DraftTag]
) -> Iterator[Finding]:
    """What the posts of the window say of each hashtag, once for each family."""
    if not written:
        return
    counts = dict(top(asking, matching(asking, selection), "hashtags", size=COMPARED))
    said = _content(text)
    seen: set[str] = set()
    for tag in written:
        if tag.normal in seen:
            continue
        seen.add(tag.normal)
        here = Finding(code="", start=tag.start, end=tag.end, found=text[tag.start : tag.end])
        bigger = _bigger(tag.normal, counts)
        if bigger is not None:
            name = names_of(asking, [bigger]).get(bigger, bigger)
            yield replace(here, code="typo", remedy=f"#{name}", other=f"#{name}", count=counts[bigger])
        elif not tags[tag.normal].posts.value:
            yield replace(here, code="unseen")
        else:
            yield from _warned(asking, selection, here, tag, tags, said, text)


def _bigger(key: str, counts: dict[str, int]) -> str | None:
    """A family that is drawn or written alike and has far more posts."""
    own = max(1, counts.get(key, 0))
    alike = [other for other in families.look_alikes(key, counts) if counts[other] >= BIGGER * own]
    near = [one.key for one in families.siblings(key, counts) if one.why in ("letter", "madda")]
    found = [*alike, *(other for other in near if counts[other] >= BIGGER * own)]
    return max(found, key=lambda other: (counts[other], other)) if found else None


def _warned(
    asking: Asking,
    selection: Selection,
    here: Finding,
    tag: Tag,
    tags: dict[str, DraftTag],
    said: frozenset[str],
    text: str,
) -> Iterator[Finding]:
    narrowed = selection.narrowed(hashtag=tag.normal)
    for code in weighed(asking, narrowed, tag.normal).codes:
        yield replace(here, code=code)
    if len(said) < LEAST_WORDS or (tags[tag.normal].authors.value or 0) < LEAST_AUTHORS:
        return
    told = heard(asking, selection, tag.normal)
    beside = {f"#{other}" for other in tags if other != tag.normal}
    if language.detect(text) in told.language and _is_strange(told, said, beside):
        yield replace(here, code="off_topic")


def _is_strange(told: Heard, said: frozenset[str], beside: set[str]) -> bool:
    """Whether a draft shares less with what is said under a hashtag than nearly all posts there do.

    The measure is the part of its words that others say there too; a post is not compared with its author's.
    """
    people: dict[str, set[int]] = {}
    for author, words in zip(told.author.tolist(), told.said, strict=True):
        for word in words:
            people.setdefault(word, set()).add(author)
    if beside & people.keys():
        return False
    shared = [
        sum(len(people[word]) > 1 for word in words) / len(words)
        for words in told.said
        if len(words) >= LEAST_WORDS
    ]
    own = sum(word in people for word in said) / len(said)
    return len(shared) >= LEAST_AUTHORS and own < float(np.quantile(shared, STRANGE))


def _content(text: str) -> frozenset[str]:
    """The words of a draft that tell what it is about, without those of its hashtags."""
    quiet = stopwords.of(language.detect(text))
    parts, last = [], 0
    for _, start, end in scan(text):
        parts.append(text[last:start])
        last = end
    words = tokens(" ".join([*parts, text[last:]]))
    return frozenset(word for word in words if len(word) > 1 and word not in quiet and not word.isdigit())
