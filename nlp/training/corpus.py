"""The labelled posts that the entity model is trained on and measured with."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from posts.errors import RasadError

LABELS: Final = ("PER", "LOC", "ORG")

# The sets' own types; what is missing here (products, works, events, peoples) is not an entity to us.
_TYPES: Final = {
    "PER": "PER", "LOC": "LOC", "ORG": "ORG", "POG": "ORG",
    "person": "PER", "location": "LOC", "group": "ORG", "corporation": "ORG",
}  # fmt: skip

TRAIN: Final = {
    "parstwiner": ("parstwiner/train.txt",),
    "broad_twitter": tuple(f"broad_twitter_corpus/{part}.conll" for part in ("a", "b", "e", "g", "h_train")),
    "wnut17": ("wnut17/train.conll",),
}
DEV: Final = {
    "parstwiner": ("parstwiner/dev.txt",),
    "broad_twitter": ("broad_twitter_corpus/h_dev.conll",),
    "wnut17": ("wnut17/dev.conll",),
}
LANGUAGE: Final = {"parstwiner": "fa", "broad_twitter": "en", "wnut17": "en"}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A post cut into words, and its entities as (first word, word after the last, label)."""

    words: tuple[str, ...]
    spans: tuple[tuple[int, int, str], ...]
    language: str


def read(part: Mapping[str, tuple[str, ...]]) -> dict[str, list[Labelled]]:
    """The posts of each set of ``TRAIN`` or ``DEV``."""
    return {
        name: [post for path in paths for post in _posts(_text(path), LANGUAGE[name])]
        for name, paths in part.items()
    }


def hashes(part: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """SHA-256 of each file of a part, unpacked."""
    return {path: hashlib.sha256(_bytes(path)).hexdigest() for paths in part.values() for path in paths}


def _bytes(path: str) -> bytes:
    """What a file of the data holds; raises ``RasadError`` where it is missing."""
    try:
        return gzip.decompress((files("nlp.training") / "data" / f"{path}.gz").read_bytes())
    except FileNotFoundError as error:
        raise RasadError(
            "the labelled posts are not here",
            subject=path,
            remedy="Train in a copy of the repository: packages leave them out.",
        ) from error


def _text(path: str) -> str:
    return _bytes(path).decode("utf-8")


def _posts(text: str, language: str) -> Iterator[Labelled]:
    rows: list[tuple[str, str]] = []
    for line in [*text.split("\n"), ""]:
        fields = line.strip("\r").split("\t")
        if not fields[0].strip():
            if rows:
                yield _labelled(rows, language)
            rows = []
        else:
            rows.append((fields[0].strip(), fields[-1].strip()))


def _labelled(rows: list[tuple[str, str]], language: str) -> Labelled:
    spans: list[tuple[int, int, str]] = []
    open_ = ""
    for at, (word, tag) in enumerate(rows):
        place, _, written = tag.partition("-")
        label = _TYPES.get(written, "")
        # In the Broad Twitter Corpus the bare sign of a mention is an entity beside the name: it is none.
        if not label or word == "@":
            open_ = ""
        elif place == "I" and label == open_:
            first, _, _ = spans[-1]
            spans[-1] = (first, at + 1, label)
        else:
            spans.append((at, at + 1, label))
            open_ = label
    return Labelled(tuple(word for word, _ in rows), tuple(spans), language)
