"""Models that are trained from a project's labels: written into its folder, and taken out again."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from answers.teaching import Taught
    from rasad.project import Opened

KIND = "sentiment"


def train(at: Opened) -> Taught:
    """Train from the labels, and use the model where it is better than the lists alone."""
    from answers.teaching import teach
    from store import labels

    taught = teach(at.asking())
    if taught.model is None:
        forget(at)
    else:
        _replace(_file(at), taught.model.to_bytes())
        labels.note_held_out(at.state, taught.held_out or {}, kind=KIND)
    return taught


def forget(at: Opened) -> bool:
    """Read by the lists alone again; whether there was a model."""
    from store import labels

    there = _file(at).exists()
    _file(at).unlink(missing_ok=True)
    labels.drop_held_out(at.state, kind=KIND)
    return there


def _file(at: Opened) -> Path:
    return at.settings.trained / f"{KIND}.light"


def _replace(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    with os.fdopen(handle, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    Path(temporary).replace(file)
