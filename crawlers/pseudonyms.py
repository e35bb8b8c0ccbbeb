"""The key that a project's pseudonyms are made with; without it nobody can tell who was meant."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from posts.errors import ConfigError, Mistake
from posts.people import pseudonymise
from posts.post import Post

FILE: Final = "pseudonym.key"


def hiding(folder: Path, *, keep: Iterable[str] = ()) -> Callable[[Post], Post]:
    """What gives a post without names, for a project that wants pseudonyms; ``keep`` are author keys.

    Every way in has to go through it: crawls do, and whoever imports a file has to.
    """
    secret, kept = key_of(folder), frozenset(keep)
    return lambda post: pseudonymise(post, secret=secret, keep=kept)


def key_of(folder: Path) -> bytes:
    """The project's key, made (readable by its owner only) when there is none."""
    path = folder / FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(handle, "w") as file:
        key = secrets.token_hex(32)
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return bytes.fromhex(key)


def _read(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text().strip())
    except ValueError:
        key = b""
    if len(key) < 16:
        mistake = Mistake(
            file=str(path), key=FILE, value="", message="is not a key of at least 32 hex digits"
        )
        raise ConfigError((mistake,), subject=str(path))
    return key
