"""How a text is read, and why: what was found in it, where it stands, and what spoke for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nlp.pipeline import Explained
from nlp.segment import segment
from posts.labels import KINDS, reading
from posts.post import Annotations, Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Something that stands in a text: a ``hashtag``, ``mention``, ``cashtag``, ``link``, ``emoji`` or name
    (``entity``), at the code points ``start`` to ``end``.

    ``key`` is what all its spellings share, ``words`` are those of a hashtag, ``label`` is the kind of name
    (``"PER"``, ``"LOC"``, ``"ORG"``).
    """

    kind: str
    text: str
    start: int
    end: int
    key: str = ""
    words: tuple[str, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A place that spoke for a reading of ``kind``: for what, how much, and by which rule (a key of
    ``words``, where there are words for it)."""

    kind: str
    text: str
    start: int
    end: int
    says: str
    weight: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All that is read in a text. ``values`` are by kind; one is ``None`` where nobody could read it.

    ``score`` is that of the mood from -1 to 1, ``readers`` tells who reads each kind.
    """

    text: str
    language: str
    languages: tuple[str, ...]
    signs: tuple[Sign, ...]
    values: Mapping[str, tuple[str, ...] | None]
    score: float | None
    spoken: tuple[Spoken, ...]
    readers: Mapping[str, str]


def told(explained: Explained) -> Told:
    """What the pipeline has read in a text, for a page or a command."""
    post = explained.post
    read = post.annotations or Annotations()
    spoken = (
        Spoken(kind=kind, text=post.text[cue.start : cue.end], start=cue.start, end=cue.end, says=cue.says,
               weight=cue.weight, why=cue.why)
        for kind, cues in explained.cues.items()
        for cue in cues
        if kind != "entity"
    )  # fmt: skip
    return Told(
        text=post.text,
        language=read.language,
        languages=read.languages,
        signs=tuple(sorted(_signs(read), key=lambda sign: (sign.start, sign.end))),
        values={**{kind: reading(read, kind) for kind in KINDS}, "action": read.actions,
                "format": (read.form,) if read.form else ()},
        score=read.sentiment.score if read.sentiment is not None else None,
        spoken=tuple(sorted(spoken, key=lambda each: (each.start, each.end, each.kind))),
        readers=dict(read.versions),
    )  # fmt: skip


def _signs(read: Annotations) -> Iterator[Sign]:
    found: dict[str, tuple[tuple[Tag, ...], str]] = {
        "hashtag": (read.hashtags, "#"), "mention": (read.mentions, "@"), "cashtag": (read.cashtags, "$"),
        "link": (read.links, ""), "emoji": (read.emoji, ""),
    }  # fmt: skip
    for kind, (tags, sign) in found.items():
        for tag in tags:
            words = segment(tag.text) if kind == "hashtag" else ()
            yield Sign(
                kind=kind, text=sign + tag.text, start=tag.start, end=tag.end, key=tag.normal, words=words
            )
    for name in read.entities:
        yield Sign(kind="entity", text=name.text, start=name.start, end=name.end, key=name.id or "",
                   label=name.label)  # fmt: skip
