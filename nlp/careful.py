"""The shipped models of names, one or several that read together: slower than one, and righter."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from importlib.resources import files

from nlp.decode import Span
from nlp.recogniser import Recogniser, from_bytes, spans
from nlp.settings import Mode
from nlp.shipped import FILES
from nlp.sights import Sights

log = logging.getLogger(__name__)


class Recognisers:
    """One model, or several that decide together. ``version`` names them, as in ``rasad-xx-3f2a``."""

    def __init__(self, models: Sequence[Recogniser]) -> None:
        self._models = tuple(models)
        self.version = f"rasad-xx-{'-'.join(model.version for model in models)}"

    def spans(self, texts: Sequence[Sequence[str]], marks: Sequence[Sequence[str]]) -> list[list[Span]]:
        """The names of each text by its pieces, and by what the gazetteer says of them."""
        return spans(self._models, texts, marks)


def together(written: Sequence[bytes]) -> Recognisers:
    """Models as they are written in files, which share what they know of words."""
    sights = Sights()
    return Recognisers([from_bytes(each, sights) for each in written])


def load(mode: Mode) -> Recognisers | None:
    """The shipped models of a mode; none where their files are missing or broken, and rules alone must do."""
    try:
        return together([(files("nlp") / "data" / name).read_bytes() for name in FILES[mode]])
    except (OSError, ValueError) as error:
        log.warning(
            "the shipped model of names cannot be read (%s): only the gazetteer finds names. Install it anew",
            error,
        )
        return None
