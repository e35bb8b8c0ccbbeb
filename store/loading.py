"""A spool file's good posts and profiles; what is none of it is in the dead letters when it is loaded."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from posts.clean import shorten
from posts.errors import RecordError, SpoolError
from posts.post import Post, check, encode
from posts.profile import Profile
from posts.profile import check as check_profile
from posts.profile import encode as encode_profile
from store.spool import BadLine, Header, Spool
from store.state import State

_PAYLOAD: Final = 1_000_000


@dataclass(slots=True)
class SpoolFile:
    """A spool file that was read: its good posts and profiles, and how many of each run were refused."""

    path: Path
    header: Header
    posts: list[Post] = field(default_factory=list)
    profiles: list[Profile] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    retried: list[tuple[str, int]] = field(default_factory=list)
    """Posts that come out of dead letters, by id and number of the letter."""

    def refuse(self, run_id: str | None) -> None:
        run = run_id or self.header.run_id or ""
        self.refused[run] = self.refused.get(run, 0) + 1


def load(spool: Spool, state: State, path: Path, *, now: datetime) -> SpoolFile | None:
    """What a file holds; its bad lines are dead letters now. ``None`` if the whole file is one."""
    file = SpoolFile(path, spool.header(path))
    letters: list[tuple[str, str, str, str | None]] = []
    try:
        for place, read in enumerate(spool.read(path)):
            number = file.header.letters[place] if place < len(file.header.letters) else None
            try:
                if isinstance(read, BadLine):
                    raise RecordError(read.reason)
                if isinstance(read, Profile):
                    file.profiles.append(check_profile(read, now=now))
                    continue
                file.posts.append(_checked(read, now))
                if number is not None:
                    file.retried.append((read.id, number))
            except RecordError as error:
                file.refuse(None if isinstance(read, BadLine) else read.run_id)
                if number is not None and state.reword_dead_letter(number, error.message, at=now):
                    continue
                letters.append(_letter(file, read, error.message))
    except SpoolError as error:
        aside = spool.set_aside(path)
        state.bury(file.header.source, str(aside), error.message, at=now)
        return None
    if letters:
        state.bury_all(letters, at=now)
    return file


def answer(
    state: State,
    batch: Iterable[SpoolFile],
    letters: Iterable[tuple[str, str, str, str | None]],
    *,
    at: datetime,
) -> list[tuple[str, str, str, str | None]]:
    """The letters that are new: one that was tried again is told its new reason in its own place."""
    tried: dict[str, list[int]] = {}
    for file in batch:
        for post_id, number in file.retried:
            tried.setdefault(post_id, []).append(number)
    new = []
    for source, subject, reason, payload in letters:
        numbers = tried.get(subject, ())
        told = [state.reword_dead_letter(n, reason, at=at, payload=payload) for n in numbers]
        if not any(told):
            new.append((source, subject, reason, payload))
    return new


def taken_letters(batch: Iterable[SpoolFile], refused: set[str]) -> list[int]:
    """The letters whose posts were tried again and not refused."""
    return [number for file in batch for post_id, number in file.retried if post_id not in refused]


def counts_of(batch: Sequence[SpoolFile], new: set[str], refused: set[str]) -> dict[str, tuple[int, int]]:
    """New and refused posts of each run; a new post is counted for the first file that has it."""
    counts: dict[str, list[int]] = {}
    for file in batch:
        if file.header.run_id:
            counts.setdefault(file.header.run_id, [0, 0])
        for run, number in file.refused.items():
            counts.setdefault(run, [0, 0])[1] += number
        for post in file.posts:
            both = counts.setdefault(post.run_id or file.header.run_id or "", [0, 0])
            if post.id in new:
                new.discard(post.id)
                both[0] += 1
            elif post.id in refused:
                refused.discard(post.id)
                both[1] += 1
    counts.pop("", None)
    return {run: (both[0], both[1]) for run, both in counts.items()}


def payload_of(post: Post) -> str:
    """The post as a dead letter keeps it: its line, or the beginning of a long one."""
    return encode(post).decode("utf-8", "replace")[:_PAYLOAD]


@contextmanager
def collector_paused() -> Iterator[None]:
    """No search for cycles meanwhile: among many new records without any it takes a fifth of the time."""
    paused = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()


def _letter(file: SpoolFile, read: Post | Profile | BadLine, reason: str) -> tuple[str, str, str, str | None]:
    if isinstance(read, BadLine):
        return file.header.source, read.position, reason, read.payload
    if isinstance(read, Profile):
        return read.source, read.key, reason, encode_profile(read).decode("utf-8", "replace")
    return read.source, read.id, reason, payload_of(read)


def _checked(post: Post, now: datetime) -> Post:
    return shorten(check(post, now=now))
