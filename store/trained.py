"""Models that were trained from a project's labels: a file each in the project's folder, replaced whole."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

_ENDING: Final = ".light"


def load(folder: Path) -> dict[str, bytes]:
    """The models by what they read."""
    return {file.stem: file.read_bytes() for file in sorted(folder.glob(f"*{_ENDING}"))}


def stamps(folder: Path) -> tuple[tuple[str, int], ...]:
    """The models and when each was written: another one where any has changed."""
    found = []
    for file in sorted(folder.glob(f"*{_ENDING}")):
        with suppress(FileNotFoundError):  # taken out meanwhile
            found.append((file.name, file.stat().st_mtime_ns))
    return tuple(found)


def keep(folder: Path, name: str, model: bytes) -> None:
    """Put a model in the place of the one of before, in one step that survives a power cut."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{name}-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(model)
            opened.flush()
            os.fsync(opened.fileno())
        Path(temporary).replace(folder / f"{name}{_ENDING}")
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def drop(folder: Path, name: str) -> bool:
    """Take a model out; whether it was there."""
    file = folder / f"{name}{_ENDING}"
    there = file.exists()
    file.unlink(missing_ok=True)
    return there
