"""Which folder of an embedded index is the one in use, so that another can be built beside it.

The index is read from the folder that ``schema.json`` names (``generation``; none: the index folder
itself). That file is replaced in one step, so whoever looks sees the old index or the new one, whole,
at every moment, and a crash leaves at most a folder that nobody reads.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from posts.errors import SchemaChanged, StoreError
from store.mapping import COLLECTIONS, SCHEMA_VERSION

FILE: Final = "schema.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """The index in use: what it was made with, and its folder below the index ("" is the index itself)."""

    schema: int
    name: str = ""

    @property
    def following(self) -> str:
        """The name of the one to be built next."""
        return f"g{int(self.name[1:]) + 1 if self.name else 2}"


def current(folder: Path) -> Generation | None:
    """The generation in use; ``None`` for an index that is not made yet."""
    path = folder / FILE
    try:
        found: Any = msgspec.json.decode(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise StoreError(str(error), subject=str(path)) from error
    schema, name = (found.get("schema"), found.get("generation", "")) if isinstance(found, dict) else (0, "")
    if not isinstance(schema, int) or not isinstance(name, str) or (name and not name[1:].isdigit()):
        raise StoreError("is not the note of an index", subject=str(path), remedy="Restore it from a backup.")
    return Generation(schema=schema, name=name)


def place(folder: Path) -> Path:
    """The folder that holds the collections now."""
    found = current(folder)
    return folder / found.name if found is not None and found.name else folder


def check_version(folder: Path) -> None:
    """``SchemaChanged`` unless the folder is new or of this version."""
    found = current(folder)
    if found is not None and found.schema != SCHEMA_VERSION:
        raise schema_changed(found.schema, subject=str(folder))


def schema_changed(found: int | None, *, subject: str) -> SchemaChanged:
    """The error for an index of another version, with the way out of it."""
    newer = found is not None and found > SCHEMA_VERSION
    return SchemaChanged(
        f"The index was made with schema {found}, this version has {SCHEMA_VERSION}.",
        subject=subject,
        remedy="Use the newer Rasad that made it."
        if newer
        else "Run `rasad rebuild`: it builds the index anew from the posts in it.",
        newer=newer,
    )


def stamp(folder: Path) -> tuple[int, int] | None:
    """What changes when another generation comes into use."""
    try:
        found = (folder / FILE).stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def point(folder: Path, generation: Generation) -> None:
    """Put a generation into use, in one step that survives a power cut."""
    note: dict[str, Any] = {"schema": generation.schema}
    if generation.name:
        note["generation"] = generation.name
    path = folder / FILE
    new = path.with_suffix(".new")
    with new.open("wb") as file:
        file.write(msgspec.json.encode(note))
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync(folder)


def sweep(folder: Path) -> int:
    """Remove what no reader is led to: half-built generations and those that were replaced; bytes freed.

    Only for the holder of the project's writer lock.
    """
    found = current(folder)
    if found is None:
        return 0
    others = [path for path in folder.glob("g*") if path.name[1:].isdigit() and path.name != found.name]
    if found.name:
        others += [folder / collection for collection in COLLECTIONS if (folder / collection).is_dir()]
    freed = 0
    for path in others:
        freed += size(path)
        shutil.rmtree(path, ignore_errors=True)
    return freed


def size(folder: Path) -> int:
    """Bytes of all files below."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue  # a merge has just removed it
    return total


def sync(folder: Path) -> None:
    """Let what was renamed in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
