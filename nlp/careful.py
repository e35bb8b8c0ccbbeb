"""Several models that vote: slower than one, and righter."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files

from nlp.recogniser import Recogniser, from_bytes
from nlp.settings import Mode
from nlp.shipped import FILES

log = logging.getLogger(__name__)


class Recognisers:
    """One model, or several of which most must agree. ``version`` names them, as in ``rasad-xx-3f2a``."""

    def __init__(self, models: Sequence[Recogniser]) -> None:
        self._models = tuple(models)
        self.version = f"rasad-xx-{'-'.join(model.version for model in models)}"

    def spans(
        self, texts: Sequence[Sequence[str]], marks: Sequence[Sequence[str]]
    ) -> list[list[tuple[int, int, str]]]:
        """The names of each text by its pieces, and by what the gazetteer says of them."""
        read = [model.spans(texts, marks) for model in self._models]
        if len(read) == 1:
            return read[0]
        return [voted(some) for some in zip(*read, strict=True)]


def voted(votes: Sequence[Sequence[tuple[int, int, str]]]) -> list[tuple[int, int, str]]:
    """The names that more than half found, exactly so. None of them overlap: two majorities share a voter."""
    counted = Counter(span for vote in votes for span in vote)
    return sorted(span for span, count in counted.items() if 2 * count > len(votes))


def load(mode: Mode) -> Recognisers | None:
    """The shipped models of a mode; none where their files are missing or broken, and rules alone must do."""
    try:
        return Recognisers([from_bytes((files("nlp") / "data" / name).read_bytes()) for name in FILES[mode]])
    except (OSError, ValueError) as error:
        log.warning(
            "the shipped model of names cannot be read (%s): only the gazetteer finds names. Install it anew",
            error,
        )
        return None
