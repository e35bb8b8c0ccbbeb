"""Persian words reduced to what a list knows: verbs in all their forms, endings of nouns and adjectives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

# Personal endings: -am, -i, none, -im, -id, -in, -and, -an.
_PAST: Final = ("م", "ی", "", "یم", "ید", "ین", "ند", "ن")
# The perfect: -e with or without the copula, written out or spoken.
_PERFECT: Final = ("", "ام", "ای", "است", "ایم", "اید", "اند", "م", "ی", "یم", "ین", "ن", "ست", "بود", "بودم")
# -am, -i, -ad, -e (spoken), -im, -id, -in, -and, -an, none (imperative).
_PRESENT: Final = ("م", "ی", "د", "ه", "یم", "ید", "ین", "ند", "ن", "")
_GOING: Final = "می"  # mi-
_NOT: Final = "ن"  # na-
_NOT_GOING: Final = "نمی"  # nemi-
_ALONE: Final = frozenset({"کن", "شو"})  # do, become


@dataclass(frozen=True, slots=True)
class Verb:
    """A form of a verb: its infinitive, and whether it is denied (``نمی‌شود``)."""  # "does not become"

    infinitive: str
    negative: bool


def forms(
    infinitive: str, pasts: list[str], presents: list[str], *, prefixed: bool
) -> Iterator[tuple[str, Verb]]:
    """Every form of a verb, folded and joined, from its stems of the past and of the present.

    A short stem of the present (spoken: ``می‌ش-ه``) stands behind a prefix only, because what it makes
    alone is a word of another meaning as often; so do all of the present if ``prefixed``.
    """
    for negative, prefixes in ((False, ("", _GOING)), (True, (_NOT, _NOT_GOING))):
        verb = Verb(infinitive, negative)
        for prefix in prefixes:
            for past in pasts:
                stem = _joined(prefix, past)
                yield from ((stem + ending, verb) for ending in _PAST)
                yield from ((f"{stem}ه{ending}", verb) for ending in _PERFECT)
    for present in presents:
        for prefix, negative in (
            (_GOING, False),
            (_NOT_GOING, True),
            ("ب", False),
            (_NOT, True),
            ("", False),
        ):
            if prefix not in (_GOING, _NOT_GOING) and len(present) == 1:
                continue
            if not prefix and (prefixed or (len(present) < 3 and present not in _ALONE)):
                continue
            verb = Verb(infinitive, negative)
            stem = _joined(prefix, present)
            yield from ((stem + ending, verb) for ending in _PRESENT if ending or prefix)


def _joined(prefix: str, stem: str) -> str:
    """The stem behind its prefix; after be- and na- an initial alef is written with y (``نیامد``)."""
    if stem[0] in "آا" and prefix in ("ن", "ب"):  # "did not come"
        return f"{prefix}ی{'ا' if stem[0] == 'آ' else ''}{stem[1:]}"
    return prefix + stem


# Endings, each with what it makes of a weight: plural, possession, copula, -ye, object; comparison.
_SAME: Final = (
    "هایشان هایمان هایتان هاشون هامون هاتون هایم هایت هایش هایی های هاست هاس هام هات هاش هارو ها یهای یها "
    "یشان یمان یتان یشون یمون یتون شونه شون مون تون شان مان تان است ست ام ای اند اید ایم اش ات ان یه یم ید "
    "ین ند هست هستم هستی هستند هستن هستش بود بودم بوده بودن رو ترو ن م ت ش ی ه ا و"
)
_MORE: Final = "ترها تری تره ترم ترند ترن ترش تر"
_MOST: Final = "ترینها ترینشون ترینه ترینم ترینش ترینی ترین"
_DENIED: Final = "نیستیم نیستند نیستین نیستن نیستم نیستی نیست نبودم نبود نبودند نبودن نباشه نباشد"
MORE: Final = 1.15
MOST: Final = 1.3
_FEWEST: Final = 3
"""Letters that must be left: a shorter rest is a chance likeness."""


def endings() -> list[tuple[str, float]]:
    """Endings a known word may have, the longest first, each with the factor for its weight.

    A factor of 0 stands for a copula that denies (``خوب‌نیست``).
    """  # "is not good"
    found = [(ending, 1.0) for ending in _SAME.split()]
    found += [(ending, MORE) for ending in _MORE.split()] + [(ending, MOST) for ending in _MOST.split()]
    found += [(ending, 0.0) for ending in _DENIED.split()]
    return sorted(found, key=lambda pair: -len(pair[0]))


_SPOKEN_AFTER_VOWEL: Final = ("اس", "وس")
_SPOKEN_COPULA: Final = ("ست", "س", "سن")
_ENDINGS: Final = endings()
_ANY_ENDING: Final = (*(ending for ending, _ in _ENDINGS), *_SPOKEN_AFTER_VOWEL, *_SPOKEN_COPULA)


@lru_cache(maxsize=65_536)
def bare(word: str) -> tuple[tuple[str, float], ...]:
    """What a word may be without its endings, the shortest cut first, each with the factor for its weight.

    A final -e that speech drops before the copula is put back (``فاجعست``).
    """  # "is a catastrophe"
    return tuple(_bare(word))


def _bare(word: str) -> Iterator[tuple[str, float]]:
    if not word.endswith(_ANY_ENDING):
        return
    for ending, factor in reversed(_ENDINGS):
        if len(word) - len(ending) >= _FEWEST and word.endswith(ending):
            yield word[: -len(ending)], factor
    if word.endswith(_SPOKEN_AFTER_VOWEL) and len(word) > _FEWEST:
        yield word[:-1], 1.0
    for ending in _SPOKEN_COPULA:
        if len(word) - len(ending) >= _FEWEST and word.endswith(ending):
            yield word[: -len(ending)] + "ه", 1.0
