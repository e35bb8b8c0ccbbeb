"""What a person typed wrongly, apart from what failed: the command line ends with 2, not with 1."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from posts.errors import RasadError


class WrongUse(RasadError):
    """A command that cannot be carried out as it was given."""


def unknown(kind: str, name: str, known: Iterable[str]) -> WrongUse:
    """There is no such thing, with the nearest name and with what there is."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(names) or 'none'}."
    return WrongUse(f"There is no {kind} '{name}'.", remedy=hint)
