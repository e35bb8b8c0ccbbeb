"""Labelled posts made to look like posts in the wild: tags, mentions, links, emoji, small letters."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final

from nlp.training.corpus import Labelled

Place = tuple[int, int, str]
"""Where a name stands: start, end, label."""
Names = dict[str, dict[str, list[tuple[str, ...]]]]
"""Names, each by its words, by language and label."""

_EMOJI: Final = ("😂", "❤️", "🙏", "🔥", "👏", "😍", "🇮🇷", "😡", "🤔", "💔", "✌️", "🌹")
_HALF_SPACE: Final = "\u200c"


def plain(post: Labelled) -> tuple[str, list[Place]]:
    """The text of a post, its words parted by spaces, and its entities as (start, end, label)."""
    return _joined(list(post.words), [" "] * len(post.words), post.spans)


def varied(post: Labelled, random: Random, names: Names) -> tuple[str, list[Place]]:
    """``plain``, with changes by chance that leave the names what they are.

    ``names`` may stand in for those of the post.
    """
    words, spans = (
        _swapped(post, random, names) if random.random() < 0.15 else (list(post.words), list(post.spans))
    )
    gaps = [" "] * len(words)
    if post.language == "en":
        spans = _glued(words, gaps, spans, random)
        _recased(words, random)
    else:
        _parted(words, random)
    _tagged(words, gaps, spans, random)
    if random.random() < 0.2:
        _tags_added(words, gaps, spans, random)
    text, places = _joined(words, gaps, spans)
    return _surrounded(text, places, random)


def _joined(words: list[str], gaps: list[str], spans: Sequence[Place]) -> tuple[str, list[Place]]:
    starts: list[int] = []
    ends: list[int] = []
    text = ""
    for word, gap in zip(words, gaps, strict=True):
        starts.append(len(text))
        text += word
        ends.append(len(text))
        text += gap
    return text.rstrip(), [(starts[first], ends[last - 1], label) for first, last, label in spans]


def _swapped(post: Labelled, random: Random, names: Names) -> tuple[list[str], list[Place]]:
    words: list[str] = []
    spans: list[Place] = []
    last = 0
    for first, after, label in post.spans:
        words += post.words[last:first]
        name = (
            random.choice(names[post.language][label])
            if random.random() < 0.5 and post.words[first - 1 : first] != ("@",)
            else post.words[first:after]
        )
        spans.append((len(words), len(words) + len(name), label))
        words += name
        last = after
    words += post.words[last:]
    return words, spans


def _glued(words: list[str], gaps: list[str], spans: list[Place], random: Random) -> list[Place]:
    """Mentions and tags without the space after their sign; a mention is no entity."""
    kept = spans
    mentions, tags = random.random() < 0.4, random.random() < 0.7
    for at in range(len(words) - 1):
        if words[at] == "@" and mentions:
            gaps[at] = ""
            kept = [span for span in kept if not span[0] <= at + 1 < span[1]]
        elif words[at] == "#" and tags:
            gaps[at] = ""
    return kept


def _recased(words: list[str], random: Random) -> None:
    chance = random.random()
    if chance < 0.12:
        words[:] = [word.lower() for word in words]
    elif chance < 0.14:
        words[:] = [word.upper() for word in words]


def _parted(words: list[str], random: Random) -> None:
    if random.random() < 0.1:
        words[:] = [word.replace(_HALF_SPACE, " ") for word in words]


def _tagged(words: list[str], gaps: list[str], spans: list[Place], random: Random) -> None:
    """Some names, and now and then another word, become hashtags."""
    chosen = [(first, after) for first, after, _ in spans if random.random() < 0.08]
    if random.random() < 0.08:
        at = random.randrange(len(words))
        if not any(first <= at < after for first, after, _ in spans):
            chosen.append((at, at + 1))
    for first, after in chosen:
        if (
            all(word.replace(_HALF_SPACE, "").isalpha() for word in words[first:after])
            and words[first - 1] not in "#@"
        ):
            words[first] = f"#{words[first]}"
            for at in range(first, after - 1):
                gaps[at] = "_"


def _tags_added(words: list[str], gaps: list[str], spans: list[Place], random: Random) -> None:
    """A tag or two at the end that name nothing, made of words of the post: most tags are no names."""
    named = {at for first, after, _ in spans for at in range(first, after)}
    free = [
        word
        for at, word in enumerate(words)
        if at not in named and len(word) > 2 and word.replace(_HALF_SPACE, "").isalpha()
    ]
    for _ in range(random.choice((1, 1, 2, 3)) if free else 0):
        words.append("#" + "_".join(random.sample(free, min(len(free), random.choice((1, 1, 2))))))
        gaps.append(" ")


def _surrounded(text: str, places: list[Place], random: Random) -> tuple[str, list[Place]]:
    before = ""
    if random.random() < 0.08:
        before = random.choice(("@name ", "RT @name: ", "@name @name "))
    elif random.random() < 0.03:
        before = random.choice(_EMOJI) + " "
    if random.random() < 0.08:
        text += " " + random.choice(_EMOJI) * random.choice((1, 1, 2, 3))
    if random.random() < 0.08:
        text += " https://t.co/name"
    shift = len(before)
    return before + text, [(start + shift, end + shift, label) for start, end, label in places]
