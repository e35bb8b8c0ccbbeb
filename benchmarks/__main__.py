"""Runs benchmarks: ``python -m benchmarks [name ...]``; without a name all of them."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks


def names() -> list[str]:
    """The benchmarks there are: the modules of this folder that have a ``main``."""
    return [
        module.name
        for module in pkgutil.iter_modules(benchmarks.__path__)
        if module.name != "__main__" and hasattr(importlib.import_module(f"benchmarks.{module.name}"), "main")
    ]


def main(arguments: list[str]) -> int:
    known = names()
    chosen = [argument for argument in arguments if not argument.startswith("-")]
    strangers = [name for name in chosen if name not in known]
    if strangers:
        print(f"No benchmark {', '.join(strangers)}. There are: {', '.join(known)}.", file=sys.stderr)
        return 2
    for name in chosen or known:
        print(f"== {name}")
        importlib.import_module(f"benchmarks.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
