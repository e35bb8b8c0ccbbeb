"""How a word or phrase that is known by its folded words is written in texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from nlp.text import Text, Word

_JOINTS: Final = "-'’"
"""Signs that stand inside a phrase and belong to it: well-known, don't."""
_AROUND: Final = ' \t\u200c_"«»“”()*'
"""Signs that may stand between the words of a phrase; that of a hashtag ends it."""


def commonest(texts: Iterable[Text], words: Sequence[str]) -> str | None:
    """The way in which most texts write the folded words; ``None`` if mostly something ends in them.

    That is a sentence, or a hashtag that begins or ends between them. Writings outside of hashtags come
    first. Words that stand in none of the texts are joined by spaces.
    """
    whole: Counter[str] = Counter()
    tagged: Counter[str] = Counter()
    broken = 0
    for text in texts:
        found = next(occurrences(text, words), None)
        if found is None:
            continue
        written = _written(text, found)
        if written is None:
            broken += 1
        elif found[0].tag:
            tagged[written] += 1
        else:
            whole[written] += 1
    if broken > whole.total() + tagged.total():
        return None
    counted = whole or tagged
    return min(counted, key=lambda way: (-counted[way], way)) if counted else " ".join(words)


def occurrences(text: Text, words: Sequence[str]) -> Iterator[Sequence[Word]]:
    """Each place at which the folded words stand next to each other."""
    wanted, size = list(words), len(words)
    folded = [word.folded for word in text.words]
    for place in range(len(folded) - size + 1):
        if folded[place] == wanted[0] and folded[place : place + size] == wanted:
            yield text.words[place : place + size]


def _written(text: Text, found: Sequence[Word]) -> str | None:
    """The words as written, ``None`` if something ends between them."""
    pieces = [text.written[found[0].start : found[0].end]]
    for before, word in pairwise(found):
        gap = text.written[before.end : word.start]
        if len(gap) == 1 and gap in _JOINTS:
            pieces.append(gap)
        elif gap.strip(_AROUND) or before.tag != word.tag:
            return None
        else:
            pieces.append(" ")
        pieces.append(text.written[word.start : word.end])
    return "".join(pieces)
