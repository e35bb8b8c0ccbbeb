"""The folder through which posts come in: what a crawl has written here is not lost.

A file is gzipped JSON lines: first who wrote it (source, run), then profiles (``{"profile": ...}``) and
posts, one a line. A reader that knows no profiles takes such a line for a bad one and says so. It is written
under another name, synced, renamed into place, and the folder synced, so that a file with its proper
name is whole. Names sort by time. A file that was damaged all the same gives what can be read of it.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import secrets
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from posts.clean import clean
from posts.errors import RecordError, SpoolError
from posts.post import Post, decode, encode
from posts.profile import Profile
from posts.profile import decode as decode_profile
from posts.profile import encode as encode_profile
from store.generations import sync

MAX_POSTS: Final = 5_000
"""Posts in one file; intake commits about as many at once."""
MAX_FILE_BYTES: Final = 32 * 2**20
"""Unpacked bytes after which a new file is begun."""
MAX_UNPACKED_BYTES: Final = 512 * 2**20
"""What is read of one file: a file of ours never comes near it, a bomb would."""
CAP_BYTES: Final = 2 * 2**30
"""Packed bytes of all files together above which the spool takes no more."""
_LETTERS: Final = 500
"""Posts of dead letters in one file."""
STALE_S: Final = 3600.0
"""A part of a file this old was left by a process that died."""

PROFILE: Final = b'{"profile":'
"""How a line begins that tells of an account, not of a post; the profile and ``}`` follow."""
_lines = msgspec.json.Decoder(Post)
# Bytes of JSON that may need repair (posts.clean): escapes other than \n, \t, \" and \\, and in
# UTF-8 the C1 controls, line separators and direction marks. Most files have none of them.
_SUSPECTS = tuple(
    re.compile(pattern)
    for pattern in (
        rb"\\[bfru]",
        rb"\x7f",
        rb"\xc2[\x80-\x9f]",
        rb"\xe2\x80[\xa8-\xae]",
        rb"\xe2\x81[\xa6-\xa9]",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Who wrote a file; ``letters`` are the dead letters that its lines are tried again from, in order."""

    source: str = "spool"
    run_id: str | None = None
    letters: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLine:
    """A line that gives no post: where it stands (``"<file>:<line>"``), why, and its beginning."""

    position: str
    reason: str
    payload: str = ""


class Spool:
    """The spool in ``folder``, made when it is missing.

    ``clock`` gives nanoseconds for the names of files; within a process they never go back.
    """

    def __init__(
        self, folder: Path, *, cap_bytes: int = CAP_BYTES, clock: Callable[[], int] = time.time_ns
    ) -> None:
        self.folder = folder
        self._cap_bytes = cap_bytes
        self._clock = clock
        self._last = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SpoolError(f"cannot be made ({error.strerror})", subject=str(folder)) from error

    def write(
        self,
        posts: Iterable[Post],
        *,
        source: str,
        run_id: str | None = None,
        profiles: Iterable[Profile] = (),
    ) -> Path:
        """Put posts in; when it returns they survive a power cut. The last file that was written.

        More than ``MAX_POSTS`` make several files. No posts make a file of none: through it intake
        learns that the run brought nothing new. ``SpoolError`` if there is no room, ``RecordError``
        for a post that cannot be written at all.
        """
        lines = [line_of(profile) for profile in profiles]
        size = sum(map(len, lines))
        path: Path | None = None
        for post in posts:
            lines.append(_line(post))
            size += len(lines[-1])
            if len(lines) >= MAX_POSTS or size >= MAX_FILE_BYTES:
                path = self._put(lines, source, run_id)
                lines, size = [], 0
        return self._put(lines, source, run_id) if lines or path is None else path

    def put_back(self, posts: Mapping[int, Post], *, source: str) -> None:
        """Put the posts of dead letters in, by the numbers of these; ``SpoolError`` if there is no room.

        Intake drops a letter when its post is taken, and tells it the new reason when it is not.
        """
        numbers = list(posts)
        for start in range(0, len(numbers), _LETTERS):
            part = numbers[start : start + _LETTERS]
            self._put([_line(posts[number]) for number in part], source, None, part)

    def files(self) -> list[Path]:
        """The whole files, oldest first."""
        return sorted(self.folder.glob("*.jsonl.gz"))

    def header(self, path: Path) -> Header:
        """Who wrote a file; the answer for a file that does not say is nobody in particular."""
        try:
            with gzip.open(path) as file:
                return _header(file.readline(65_536)) or Header()
        except (OSError, EOFError, zlib.error):
            return Header()

    def read(self, path: Path) -> Iterator[Post | Profile | BadLine]:
        """What a file holds, posts repaired (``posts.clean``), and a ``BadLine`` for each line of neither.

        A file cut short gives the lines before the cut and one ``BadLine`` for what is missing.
        ``SpoolError`` if nothing of it can be read.
        """
        raw, damage = unpacked(path)
        end = raw.find(b"\n") + 1
        begin, number = (end, 2) if end and _header(raw[:end]) else (0, 1)
        while raw.startswith(PROFILE, begin) and (end := raw.find(b"\n", begin) + 1):
            yield _profile(raw[begin : end - 1], f"{path.name}:{number}")
            begin, number = end, number + 1
        if not damage and not any(suspect.search(raw) for suspect in _SUSPECTS):
            try:
                yield from _lines.decode_lines(raw[begin:] if begin else raw)
                return
            except (msgspec.DecodeError, ValueError, RecursionError):
                pass  # some line is bad: read them one by one
        yield from _read_slowly(path.name, raw[begin:], number, damage)

    def count(self, path: Path) -> int:
        """How many posts a file holds, by its lines; 0 once intake has taken it or if it is damaged."""
        try:
            with gzip.open(path) as file:
                file.readline(65_536)
                first = file.readline()
                while first.startswith(PROFILE):
                    first = file.readline()
                rest = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
                return rest + first.count(b"\n")
        except (OSError, EOFError, zlib.error):
            return 0

    def remove(self, path: Path) -> None:
        """Take a file out whose posts are committed."""
        path.unlink(missing_ok=True)

    def set_aside(self, path: Path) -> Path:
        """Move a file of which nothing can be read out of the way; where it lies now."""
        damaged = self.folder / "damaged"
        damaged.mkdir(exist_ok=True)
        aside = damaged / path.name
        os.replace(path, aside)
        return aside

    def size(self) -> int:
        """Bytes of all that waits."""
        return sum(size for _, size in self._entries())

    def sweep(self) -> int:
        """Remove parts of files that dead processes left; how many."""
        swept = 0
        for part in self.folder.glob(".*.part"):
            try:
                if time.time() - part.stat().st_mtime > STALE_S:
                    part.unlink()
                    swept += 1
            except FileNotFoundError:
                continue  # its writer has just renamed it
        return swept

    def _entries(self) -> Iterator[tuple[str, int]]:
        with os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.name.endswith(".gz"):
                    try:
                        yield entry.name, entry.stat().st_size
                    except FileNotFoundError:
                        continue  # intake has just taken it

    def _put(self, lines: list[bytes], source: str, run_id: str | None, letters: Sequence[int] = ()) -> Path:
        told = {"spool": 1, "source": source, "run_id": run_id} | ({"letters": letters} if letters else {})
        header = json.dumps(told).encode()
        packed = gzip.compress(b"\n".join([header, *lines, b""]), compresslevel=1, mtime=0)
        waiting = self.size()
        if waiting + len(packed) > self._cap_bytes:
            raise SpoolError(
                f"is full: {waiting:,} bytes wait to be taken in, the cap is {self._cap_bytes:,}",
                subject=str(self.folder),
                remedy="Start intake, or mend what stops it.",
            )
        name = self._name()
        part = self.folder / f".{name}.part"
        try:
            with part.open("wb") as file:
                file.write(packed)
                file.flush()
                os.fsync(file.fileno())
            os.rename(part, self.folder / name)
            sync(self.folder)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise SpoolError(
                f"cannot be written ({error.strerror})", subject=str(self.folder), remedy="Make room on disk."
            ) from error
        return self.folder / name

    def _name(self) -> str:
        self._last = max(self._clock(), self._last + 1)
        return f"{self._last:020d}-{os.getpid()}-{secrets.token_hex(4)}.jsonl.gz"


def _line(post: Post) -> bytes:
    try:
        return encode(post)
    except (UnicodeEncodeError, OverflowError, msgspec.EncodeError):
        return encode(clean(post))


def line_of(profile: Profile) -> bytes:
    """A profile as a line of a file."""
    return PROFILE + encode_profile(profile) + b"}"


def profile_in(line: bytes) -> Profile:
    """The profile of such a line; ``RecordError`` names what does not fit."""
    if not line.endswith(b"}"):
        raise RecordError("the line of a profile was cut short")
    return decode_profile(line[len(PROFILE) : -1])


def _header(line: bytes) -> Header | None:
    if not line.startswith(b'{"spool"'):
        return None
    try:
        found = json.loads(line)
        letters = tuple(int(number) for number in found.get("letters") or ())
        return Header(source=str(found.get("source") or "spool"), run_id=found.get("run_id"), letters=letters)
    except (ValueError, TypeError, RecursionError):
        return Header()


def unpacked(path: Path) -> tuple[bytes, str]:
    """What can be unpacked, and what is wrong with the rest (empty if nothing is)."""
    try:
        packed = path.read_bytes()
    except OSError as error:
        raise SpoolError(f"cannot be read ({error.strerror})", subject=str(path)) from error
    unpacker = zlib.decompressobj(wbits=31)
    raw = bytearray()
    damage = ""
    # In pieces, because zlib gives nothing of a piece in which it meets damage.
    for start in range(0, len(packed), 4096):
        try:
            raw += unpacker.decompress(packed[start : start + 4096], MAX_UNPACKED_BYTES - len(raw) + 1)
        except zlib.error as error:
            damage = f"the file is damaged here ({error})"
            break
        if len(raw) > MAX_UNPACKED_BYTES:
            del raw[MAX_UNPACKED_BYTES:]
            damage = f"the file unpacks to more than {MAX_UNPACKED_BYTES} bytes"
            break
    if not damage and not unpacker.eof:
        damage = "the file ends before its end"
    if damage and not raw:
        raise SpoolError(damage.replace(" here", ""), subject=str(path))
    return bytes(raw), damage


def _read_slowly(name: str, raw: bytes, number: int, damage: str) -> Iterator[Post | Profile | BadLine]:
    lines = raw.split(b"\n")
    torn = lines.pop()
    for line in lines:
        if line:
            yield _post(line, f"{name}:{number}")
        number += 1
    if torn and not damage:
        yield _post(torn, f"{name}:{number}")
    elif damage:
        yield BadLine(position=f"{name}:{number}", reason=damage, payload=_shown(torn))


def _post(line: bytes, position: str) -> Post | Profile | BadLine:
    if line.startswith(PROFILE):
        return _profile(line, position)
    try:
        return clean(decode(line))
    except RecordError as error:
        return BadLine(position=position, reason=error.message, payload=_shown(line))


def _profile(line: bytes, position: str) -> Profile | BadLine:
    try:
        return profile_in(line)
    except RecordError as error:
        return BadLine(position=position, reason=error.message, payload=_shown(line))


def _shown(line: bytes) -> str:
    return line[:200_000].decode("utf-8", "replace")
