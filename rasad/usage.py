"""What a person typed wrongly, apart from what failed: the command line ends with 2, not with 1."""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Iterable
from itertools import takewhile
from typing import Any

from typer.core import TyperCommand

from posts.errors import RasadError

_EXCLUSION = re.compile(r"-[^\W\d_].", re.DOTALL)


class WrongUse(RasadError):
    """A command that cannot be carried out as it was given."""


def unknown(kind: str, name: str, known: Iterable[str]) -> WrongUse:
    """There is no such thing, with the nearest name and with what there is."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(names) or 'none'}."
    return WrongUse(f"There is no {kind} '{name}'.", remedy=hint)


class Asks(TyperCommand):
    """A verb with a query, which may begin with a minus and is then taken for options."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As ever; ``WrongUse`` that says how to write it, where a word to exclude stands alone."""
        short = {name[1] for param in self.get_params(ctx) for name in param.opts if len(name) == 2}
        for arg in takewhile(lambda arg: arg != "--", args):
            if _EXCLUSION.match(arg) and (arg[1] not in short or re.match(r"-n\D", arg)):
                raise WrongUse(
                    f"'{arg}' reads as an option.",
                    remedy=f"Put -- before a query that begins with a minus, behind all options:"
                    f" rasad {ctx.info_name} -- {shlex.quote(arg)}",
                )
        return super().parse_args(ctx, args)
