"""Inflections of a Persian word, grouped under the form that is used most."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from nlp.fold import fold
from nlp.spellings import ways

_ENDINGS: Final = frozenset(map(fold, (
    # plural with its endings; our, your, their; a, his, your behind a mute he; ezafe behind it
    "ها", "های", "هایی", "هایم", "هایت", "هایش", "هام", "هات", "هاش", "مان", "تان", "شان", "مون", "تون",
    "شون", "ای", "اش", "ات", "ی",
)))  # fmt: skip
_LAST: Final = tuple(_ENDINGS)


@lru_cache(maxsize=65_536)
def stems(word: str) -> tuple[str, ...]:
    """What is left of the folded word without plural, possessive and ezafe; several where it may be read so.

    >>> stems("کتابهایشان"), stems("کتابخانه"), stems("خانهای")
    (('کتاب',), (), ('خان', 'خانه'))
    """
    parted = ways(word) if word.endswith(_LAST) else ()
    return tuple(
        middle
        for middle, *endings in parted
        if endings and _ENDINGS.issuperset(endings) and word.startswith(middle)
    )


def heads(counts: Mapping[str, int]) -> dict[str, str]:
    """For each word that has inflections among these: the one of them that is used most.

    ``counts`` says how often each folded word is used. A word that may come from several comes from the
    commonest; where none of them is used, two inflections are held together by the first. Words without
    relatives are left out.
    """
    families: dict[str, list[str]] = {}
    for word in counts:
        stem = word
        if found := stems(word):
            stem = max(found, key=lambda way: (counts.get(way, 0), -len(way), way))
        families.setdefault(stem, []).append(word)
    named: dict[str, str] = {}
    for family in families.values():
        if len(family) > 1:
            head = min(family, key=lambda word: (-counts[word], word))
            named |= dict.fromkeys(family, head)
    return named
