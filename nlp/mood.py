"""The mood of a text, its anger and its insults, with the words that speak for them.

English weighs words as people rated them (the lexicon of VADER: Hutto and Gilbert, ICWSM 2014) and Persian a
list of our own; what stands around a word denies, strengthens or weakens it. Irony is not understood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from math import exp
from typing import Final

from nlp import anger, telling
from nlp.telling import BEING, BREAK, UNKNOWN, Item
from nlp.text import Cue, Text
from nlp.tone import Known, leanings, pictures
from posts.post import Sentiment

VERSION: Final = "lexicon-en-1, lexicon-fa-1 experimental"
LANGUAGES: Final = frozenset({"fa", "en"})

BELOW: Final = -0.12
"""A score up to this is negative, and one from ``ABOVE`` on positive: praise is worded more strongly than it
is meant, and a mild word of complaint is meant as one."""
ABOVE: Final = 0.3


@dataclass(frozen=True, slots=True)
class Mood:
    """How a text sounds: its sentiment (``None`` where its language is not read), ``"anger"`` and
    ``"insult"`` where they are heard, and the cues for all of it, in the order of the text.

    The weights of cues for sentiment are those that were added up, denial and emphasis included; those of
    words that lean (``mood.lines``) were added to the score itself.
    """

    sentiment: Sentiment | None = None
    emotions: tuple[str, ...] = ()
    cues: tuple[Cue, ...] = ()


_NOTHING: Final = Mood()
_MOST_ITEMS: Final = 2000
"""Telling words that are looked at in one text; a book's first chapters tell its mood."""


def read(text: Text) -> Mood:
    """The mood of a text: what the lists say of it, and in English how its other words lean."""
    mood = by_lists(text)
    return leaning(mood, text, leanings()) if text.language == "en" else mood


def by_lists(text: Text) -> Mood:
    """The mood of a text by what is listed alone."""
    if text.language not in LANGUAGES and text.language != UNKNOWN:
        return _NOTHING
    items = list(islice(telling.items(text), _MOST_ITEMS))
    cues: list[Cue] = []
    total = _weigh(text, items, cues) + _look_at_pictures(text, cues)
    if not cues and text.language == UNKNOWN:
        return _NOTHING
    total += _exclaim(text.written, total, cues)
    emotions = anger.emotions(text, items, cues)
    cues.sort(key=lambda cue: (cue.start, cue.end))
    return Mood(_sentiment(total / (total * total + _ALPHA) ** 0.5), emotions, tuple(dict.fromkeys(cues)))


_ALPHA: Final = 15.0
"""The sum of the weights is brought between -1 and 1 by x / sqrt(x² + 15), as VADER does."""


def _sentiment(score: float) -> Sentiment:
    score = round(max(-1.0, min(1.0, score)), 4)
    return Sentiment("negative" if score <= BELOW else "positive" if score >= ABOVE else "neutral", score)


_LEANING: Final = 0.12
_SHOWN: Final = 0.04
LEANS: Final = "mood.lines"
"""Why a word is a cue that speaks for a mood only by how it leans."""


def leaning(mood: Mood, text: Text, lean: Mapping[str, float]) -> Mood:
    """A mood moved by how the words of its text lean (``nlp.training.leanings``), the strong ones as cues."""
    if mood.sentiment is None:
        return mood
    words = {word.folded: word for word in text.words}
    share = _LEANING / max(1, len(words)) ** 0.5
    moved = 0.0
    cues: list[Cue] = []
    for folded, word in words.items():
        more = lean.get(folded, 0.0) * share
        moved += more
        if abs(more) >= _SHOWN:
            says = "positive" if more > 0 else "negative"
            cues.append(Cue(word.start, word.end, says, round(more, 3), LEANS))
    cues.extend(mood.cues)
    cues.sort(key=lambda cue: (cue.start, cue.end))
    return Mood(_sentiment(mood.sentiment.score + moved), mood.emotions, tuple(cues))


_SOFT: Final = 0.1


def shares(mood: Mood) -> dict[str, float]:
    """How much a mood speaks for each label, from 0 to 1, summing to 1: what ``nlp.light`` builds on.

    The largest is that of the mood's label; a text whose mood is not known speaks for all alike.
    """
    if mood.sentiment is None:
        return dict.fromkeys(("negative", "neutral", "positive"), 1 / 3)
    score = mood.sentiment.score
    raised = {
        "negative": exp((BELOW - score) / _SOFT),
        "neutral": 1.0,
        "positive": exp((score - ABOVE) / _SOFT),
    }
    raised[mood.sentiment.label] *= 1 + 1e-9  # a score on the very edge belongs to one side
    whole = sum(raised.values())
    return {label: part / whole for label, part in raised.items()}


_BEHIND: Final = 3
_AHEAD: Final = 4
_VERB_AHEAD: Final = 6
_DISTANT: Final = (1.0, 1.0, 0.9, 0.8)
_DENIED_GOOD: Final = -0.7
_DENIED_BAD: Final = -0.25
_SLIGHT: Final = 1.0
_BEFORE_BUT: Final = 0.6
_AFTER_BUT: Final = 1.3
_CAPITALS: Final = 0.7
_INSULTED: Final = -1.5
# Verbs whose denial denies even a bad word: "is no problem", against "the problem does not go away".
_PLAIN: Final = frozenset({"بودن", "داشتن"})  # to be, to have


def _weigh(text: Text, items: list[Item], cues: list[Cue]) -> float:
    """The sum of the words' weights after what stands around them; what was counted is added to the cues."""
    turn = max((place for place, item in enumerate(items) if item.known.turns), default=-1)
    asked = "?" in text.written or "؟" in text.written
    loud = not text.written.isupper()
    weighed: list[tuple[float, Item, bool]] = []
    for place, item in enumerate(items):
        weight = item.known.weight
        if item.known.means is not None or item.known.why:
            weight, item = _with_verb(text.written, item, items, place)
        elif item.known.insult == 1 and anger.is_meant(text, item, telling.beside(items, place)):
            weight = min(weight, _INSULTED)
        if not weight:
            continue
        factor, denied = _around(text.written, item, items, place, cues)
        if loud and item.end - item.start > 1 and text.written[item.start : item.end].isupper():
            weight += _CAPITALS if weight > 0 else -_CAPITALS
        weight *= factor
        if denied:
            weight *= _DENIED_GOOD if weight >= _SLIGHT else _DENIED_BAD if weight < 0 else 0.0
        if asked and item.known is not _ASKED:
            weight *= _in_question(text.written, item, weight)
        if turn >= 0:
            weight *= _BEFORE_BUT if place < turn else _AFTER_BUT
        weighed.append((weight, item, denied))
    total = 0.0
    for weight, item, denied in weighed:
        if not item.used:
            total += weight
            says = "positive" if weight > 0 else "negative"
            why = "mood.denied" if denied else "mood.word"
            cues.append(Cue(item.start, item.end, says, round(weight, 3), why))
    if turn >= 0 and cues:
        cues.append(Cue(items[turn].start, items[turn].end, "contrast", _AFTER_BUT, "mood.but"))
    return total


_ASKED: Final = Known()


def _with_verb(written: str, item: Item, items: list[Item], place: int) -> tuple[float, Item]:
    """The weight of a word together with the verb it stands with (``لذت بردم``), if that is near."""
    means = item.known.means or {}  # "I enjoyed"
    for ahead in items[place + 1 : place + 1 + telling.BESIDE]:
        if ahead.first - item.last > _VERB_AHEAD or ahead.known.turns:
            break
        if BREAK.search(written, item.end, ahead.start):
            break
        verb = ahead.known.verb
        if verb is not None:
            if item.known.why and verb.negative:
                return item.known.why, Item(_ASKED, item.first, ahead.last, item.start, ahead.end)
            if verb.infinitive in means:
                known = Known(weight=means[verb.infinitive], denied=verb.negative)
                ahead.used = ahead.used or bool(ahead.known.weight)
                return known.weight, Item(known, item.first, ahead.last, item.start, ahead.end)
            break
    return item.known.weight, item


_END: Final = re.compile(r"[.!?؟\n]")
_LONG_SENTENCE: Final = 400
_ASKED_GOOD: Final = 0.35
_ASKED_BAD: Final = 0.7


def _in_question(written: str, item: Item, weight: float) -> float:
    """The share of its weight that a word keeps in a question, thanks in a text that asks."""
    end = _END.search(written, item.end, item.end + _LONG_SENTENCE)
    if item.known.thanks or (end is not None and end[0] in "?؟"):
        return _ASKED_GOOD if weight > 0 else _ASKED_BAD
    return 1.0


def _around(written: str, item: Item, items: list[Item], place: int, cues: list[Cue]) -> tuple[float, bool]:
    """How much stronger the words before make a word, and whether what stands around it denies it."""
    factor, denied, near = 1.0, item.known.denied, True
    for before in reversed(items[max(0, place - telling.BESIDE) : place]):
        distance = item.first - before.last
        known = before.known
        if distance > _BEHIND or known.turns or BREAK.search(written, before.end, item.start):
            break
        if known.factor != 1.0 and near:
            factor *= 1.0 + (known.factor - 1.0) * _DISTANT[distance]
            before.used = before.used or bool(known.weight)
            says = "intensifier" if known.factor > 1.0 else "dampener"
            cues.append(Cue(before.start, before.end, says, known.factor, "mood.booster"))
        elif known.weight:
            near = False
        if known.negates and not denied:
            denied = True
            cues.append(Cue(before.start, before.end, "negation", -1.0, "mood.negator"))
    if denied or item.known.verb is not None:
        return factor, denied
    for ahead in items[place + 1 : place + 1 + telling.BESIDE]:
        known = ahead.known
        if ahead.first - item.last > _AHEAD or known.turns or BREAK.search(written, item.end, ahead.start):
            break
        if known.verb is not None:
            deniable = known.verb.infinitive in (BEING if item.known.insult > 1 else _PLAIN)
            deniable = deniable or item.known.weight > 0
            if known.verb.negative and deniable:
                denied = True
                cues.append(Cue(ahead.start, ahead.end, "negation", -1.0, "mood.negator"))
            break
    return factor, denied


_REPEATED: Final = (1.0, 0.5, 0.25)


def _look_at_pictures(text: Text, cues: list[Cue]) -> float:
    """The sum of the weights of emoji and faces, each counted thrice at most and ever less."""
    known = pictures()
    found = [(known.emoji[sign], sign, start, end) for sign, start, end in text.emoji if sign in known.emoji]
    found += [(known.faces[face[0]], face[0], *face.span()) for face in known.face.finditer(text.written)]
    seen: dict[str, int] = {}
    total = 0.0
    for weight, sign, start, end in found:
        times = seen[sign] = seen.get(sign, -1) + 1
        if weight and times < len(_REPEATED):
            weight *= _REPEATED[times]
            total += weight
            says = "positive" if weight > 0 else "negative"
            cues.append(Cue(start, end, says, round(weight, 3), "mood.emoji"))
    return total


_MARKS: Final = re.compile(r"!+")
_MARK: Final = 0.29
_MOST_MARKS: Final = 4


def _exclaim(written: str, total: float, cues: list[Cue]) -> float:
    """What exclamation marks add to the mood there is."""
    count = min(written.count("!"), _MOST_MARKS)
    if not count or not total:
        return 0.0
    more = count * _MARK if total > 0 else -count * _MARK
    mark = written.index("!")
    end = _MARKS.match(written, mark)
    cues.append(Cue(mark, end.end() if end else mark + 1, "emphasis", round(more, 3), "mood.marks"))
    return more
