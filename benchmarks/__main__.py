"""Runs benchmarks: ``python -m benchmarks [name ...]``; without a name all of them."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
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
    if len(chosen) == 1:
        print(f"== {chosen[0]}", flush=True)
        importlib.import_module(f"benchmarks.{chosen[0]}").main()
        return 0
    # Each in a process of its own: one that pins or fills its own must not slow the next.
    failed = [name for name in chosen or known if _alone(name) != 0]
    if failed:
        print(f"Not measured, for the reasons above: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def _alone(name: str) -> int:
    return subprocess.run([sys.executable, "-m", "benchmarks", name], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
