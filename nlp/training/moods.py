"""Lines with the mood that people heard in them: tweets of VADER and film subtitles of XED."""

from __future__ import annotations

import hashlib
import html
from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Literal

Label = Literal["negative", "neutral", "positive"]
LABELS: Final[tuple[Label, ...]] = ("negative", "neutral", "positive")

_FOLDER: Final = files("nlp") / "training" / "data"
FILES: Final = ("vader/tweets.tsv", "xed/en.tsv", "xed/neutral.en.tsv", "xed/fa.tsv")
NEUTRAL_WITHIN: Final = 0.5
"""Mean ratings of VADER's tweets, from -4 to 4, up to half a point from 0 are neutral."""
# XED: 1 anger, 2 anticipation, 3 disgust, 4 fear, 5 joy, 6 sadness, 7 surprise, 8 trust (Plutchik).
_BAD: Final = frozenset({1, 3, 4, 6})
_GOOD: Final = frozenset({5, 8})


@dataclass(frozen=True, slots=True)
class Line:
    """A line and the mood that was heard in it; ``rating`` is that of VADER's raters, where they rated."""

    text: str
    label: Label
    language: str
    rating: float | None = None


def vader() -> list[Line]:
    """The 4,200 tweets of VADER's ground truth."""
    found: list[Line] = []
    for row in _rows("vader/tweets.tsv"):
        _, rated, text = row.split("\t", 2)
        rating = float(rated)
        label: Label = "neutral"
        if abs(rating) > NEUTRAL_WITHIN:
            label = "positive" if rating > 0 else "negative"
        found.append(Line(html.unescape(text), label, "en", rating))
    return found


def xed_en() -> list[Line]:
    """XED's English lines of one mood, and its neutral ones.

    Anger, disgust, fear and sadness are negative, joy and trust positive. Lines with feelings of both kinds
    or of neither (anticipation and surprise alone say nothing of a mood) are left out.
    """
    found = [
        Line(text, "neutral", "en") for text in (row.split("\t", 1)[1] for row in _rows("xed/neutral.en.tsv"))
    ]
    for text, feelings in _felt("xed/en.tsv"):
        bad, good = bool(feelings & _BAD), bool(feelings & _GOOD)
        if bad != good:
            found.append(Line(text, "negative" if bad else "positive", "en"))
    return found


def xed_fa() -> list[Line]:
    """XED's Persian lines by the same rule; none are neutral, so those of no or of both moods are."""
    found: list[Line] = []
    for text, feelings in _felt("xed/fa.tsv"):
        bad, good = bool(feelings & _BAD), bool(feelings & _GOOD)
        found.append(Line(text, "neutral" if bad == good else "negative" if bad else "positive", "fa"))
    return found


def hashes() -> dict[str, str]:
    """SHA-256 of every file that is read here, its first 16 hexadecimal digits."""
    return {name: hashlib.sha256((_FOLDER / name).read_bytes()).hexdigest()[:16] for name in FILES}


def _rows(name: str) -> list[str]:
    return (_FOLDER / name).read_text(encoding="utf-8").removesuffix("\n").split("\n")


def _felt(name: str) -> list[tuple[str, set[int]]]:
    parted = (row.rsplit("\t", 1) for row in _rows(name))
    return [(text, {int(number) for number in numbers.split(",")}) for text, numbers in parted]
