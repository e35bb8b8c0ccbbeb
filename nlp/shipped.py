"""The shipped models of names, and a mark that changes when one that is used does, without loading it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from importlib.resources import files
from typing import Final

from nlp.settings import Mode

FILES: Final[dict[Mode, tuple[str, ...]]] = {
    "fast": ("names-1.bin",),
    "careful": ("names-1.bin", "names-2.bin", "names-3.bin"),
}
"""The shipped models of each mode. The careful one is three of the same shape, of other seeds."""
_GAZETTEER: Final = "gazetteer.txt"


def mark(mode: Mode, models: Mapping[str, str]) -> str:
    """A short mark of the shipped files of a mode and of the models that are named in their place."""
    digest = hashlib.blake2b(digest_size=4)
    for name in (*FILES[mode], _GAZETTEER):
        file = files("nlp") / "data" / name
        digest.update(name.encode() + (file.read_bytes() if file.is_file() else b"-"))
    for language, model in sorted(models.items()):
        digest.update(f"{language}={model}={_installed(model)}\0".encode())
    return digest.hexdigest()


def _installed(model: str) -> str:
    try:
        return installed(model)
    except (PackageNotFoundError, ValueError):
        return ""
