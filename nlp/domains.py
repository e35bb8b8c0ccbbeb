"""Where a host name in a running text ends: at a top-level domain that exists."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

MAX_HOST = 253
MAX_LABEL = 63

_ASCII_HEAD = re.compile(r"[A-Za-z0-9-]+")
_GLUES = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@+-")


@lru_cache(maxsize=1)
def top_levels() -> frozenset[str]:
    """Every top-level domain of the root zone, in ASCII and in Unicode form."""
    lines = (files("nlp") / "data" / "tlds.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(form for line in lines if not line.startswith("#") for form in line.split())


@lru_cache(maxsize=1)
def _unspaced() -> tuple[str, ...]:
    # Top-level domains of scripts without spaces: the next word may follow without a gap.
    found = (name for name in top_levels() if ord(name[0]) >= 0x0E00)
    return tuple(sorted(found, key=len, reverse=True))


@lru_cache(maxsize=16_384)
def host_length(run: str, following: str) -> int:
    """How much of ``run`` is a host name (0 where it is none); ``following`` is the character behind it.

    Words glued to the end are cut off (``example.comこれ`` has 11), the longest possible host wins.
    """
    labels = run.split(".")
    end = len(run)
    for index in range(len(labels) - 1, 0, -1):
        label = labels[index]
        start = end - len(label)
        after = following if end == len(run) else "."
        length = _top_level_length(label, after)
        if length and _is_name(labels[:index], start + length):
            return start + length
        end = start - 1
    return 0


def _top_level_length(label: str, after: str) -> int:
    lower = label.lower()
    if lower in top_levels() and after not in _GLUES:
        return len(label)
    head = _ASCII_HEAD.match(lower)
    if head is None:
        return next((len(name) for name in _unspaced() if lower.startswith(name)), 0)
    found = head[0]
    follows = lower[head.end()] if head.end() < len(lower) else after
    if found.startswith("xn--") and len(found) > 4:
        return head.end()
    return head.end() if found in top_levels() and follows not in _GLUES else 0


def _is_name(labels: list[str], length: int) -> bool:
    if length > MAX_HOST or "_" in labels[-1]:
        return False
    return all(_is_label(label) for label in labels)


def _is_label(label: str) -> bool:
    if not label or label[0] in "-_" or label[-1] in "-_":
        return False
    return (len(label) if label.isascii() else len(label.encode("punycode")) + 4) <= MAX_LABEL
