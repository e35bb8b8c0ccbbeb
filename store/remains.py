"""What holds a forgotten post beside the engine: the state, files that wait, the journal, exports, logs."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from posts.errors import RecordError, SpoolError, StoreError
from posts.post import Post, decode, encode
from posts.profile import Profile
from store.generations import sync
from store.needles import Needles
from store.spool import PROFILE, Spool, profile_in, unpacked
from store.state import State
from store.state_file import checkpoint

_TRIES: Final = 50
_PAUSE_S: Final = 0.1
_LARGE: Final = 512 * 2**20

Living = Callable[[Post], Post | None]
"""What is left of a post: ``None`` if it goes."""
Goes = Callable[[Profile], bool]
"""Whether a profile goes."""


def clean_state(state: State, needles: Needles, *, sources: frozenset[str] = frozenset()) -> int:
    """Remove dead letters and cursors that hold them, and take them out of reasons and notes; how many
    letters went."""
    with state.together() as db:
        letters = [
            number
            for number, source, *texts in db.execute(
                "SELECT number, source, subject, reason, payload FROM dead_letters"
            )
            if source in sources or any(map(needles.in_text, texts))
        ]
        db.executemany("DELETE FROM dead_letters WHERE number=?", [(number,) for number in letters])
        for source, key, value in db.execute("SELECT source, key, value FROM cursors").fetchall():
            if needles.in_text(key) or needles.in_text(value):
                db.execute("DELETE FROM cursors WHERE source=? AND key=?", (source, key))
        for run, reason, details in db.execute("SELECT run_id, reason, details FROM runs").fetchall():
            if needles.in_text(reason) or needles.in_text(details):
                new = (needles.blanked(reason), needles.blanked(details), run)
                db.execute("UPDATE runs SET reason=?, details=? WHERE run_id=?", new)
        for source, reason in db.execute("SELECT source, put_off_reason FROM sources").fetchall():
            if needles.in_text(reason):
                db.execute(
                    "UPDATE sources SET put_off_reason=? WHERE source=?", (needles.blanked(reason), source)
                )
        _forget_looks(db, needles, sources)
        for key, value in db.execute("SELECT key, value FROM notes").fetchall():
            if not key.startswith("forget.") and needles.in_text(value):
                db.execute("UPDATE notes SET value=? WHERE key=?", (needles.blanked(value), key))
    return len(letters)


def _forget_looks(db: sqlite3.Connection, needles: Needles, sources: frozenset[str]) -> None:
    """Look at none of them again, and remove what was heard of a source, or of a query that names one."""
    for source, post, ref in db.execute("SELECT source, post, ref FROM rereads").fetchall():
        if source in sources or needles.in_text(post) or needles.in_text(ref):
            db.execute("DELETE FROM rereads WHERE source=? AND post=?", (source, post))
    for table in ("labels", "unlabelled"):
        for (post,) in db.execute(f"SELECT DISTINCT post FROM {table}").fetchall():
            if needles.in_text(post):
                db.execute(f"DELETE FROM {table} WHERE post=?", (post,))
    for source, query in db.execute("SELECT DISTINCT source, query FROM heard").fetchall():
        if source in sources or needles.in_text(query):
            db.execute("DELETE FROM heard WHERE source=? AND query=?", (source, query))


def queries_naming(state: State, needles: Needles) -> list[str]:
    """The names of saved queries that ask for one of them: people wrote these, so they are only told."""
    with state.together() as db:
        made = db.execute("SELECT 1 FROM sqlite_master WHERE name='saved_queries'").fetchone()
        rows = db.execute("SELECT name, params FROM saved_queries").fetchall() if made else []
    return [name for name, params in rows if needles.in_text(name) or needles.in_text(params)]


def settle_state(state: State) -> None:
    """Bring all of the state into its file and empty the log beside it, where deleted bytes live on."""
    for _ in range(_TRIES):
        if checkpoint(state):
            return
        time.sleep(_PAUSE_S)
    raise StoreError(
        "The log of the state file could not be emptied, because somebody reads it all the time.",
        remedy="Run `rasad forget --resume`.",
    )


def clean_spool(spool: Spool, needles: Needles, living: Living, goes: Goes) -> int:
    """Write the files that wait again without what is gone; how many posts and profiles went."""
    gone = 0
    for path in spool.files():
        gone += _clean_file(path, needles, living, goes)
    for path in (spool.folder / "damaged").glob("*"):
        # Nothing of such a file could be taken; what can be read of it tells whether it has to go.
        if any(map(needles.in_text, _texts(path))):
            path.unlink(missing_ok=True)
            gone += 1
    spool.sweep()
    return gone


def _clean_file(path: Path, needles: Needles, living: Living, goes: Goes) -> int:
    try:
        raw, damage = unpacked(path)
    except SpoolError:
        return 0  # nothing of it can be read; intake puts it aside
    head, lines = _header(raw)
    kept = [_line(line, needles, living, goes) if line else line for line in lines]
    gone = sum(line is None for line in kept)
    if all(left is line for left, line in zip(kept, lines, strict=True)):
        return 0
    # The letters that lines are tried again from stand in the header, in the order of the lines.
    if head.get("letters"):
        stay = [left is not None for left in kept]
        head["letters"] = [number for number, stays in zip(head["letters"], stay, strict=False) if stays]
    left = [line for line in kept if line is not None] + ([b""] if damage else [])
    first = [json.dumps(head).encode()] if head else []
    _replace(path, gzip.compress(b"\n".join([*first, *left]), compresslevel=1, mtime=0))
    return gone


def _header(raw: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """The header of a spool file (empty if it has none) and its other lines."""
    first, *lines = raw.split(b"\n")
    try:
        found = json.loads(first) if first.startswith(b'{"spool"') else {}
    except ValueError:
        found = {}
    return (found, lines) if found else ({}, [first, *lines])


def _line(line: bytes, needles: Needles, living: Living, goes: Goes) -> bytes | None:
    try:
        if line.startswith(PROFILE):
            return None if goes(profile_in(line)) else line
        post = decode(line)
    except RecordError:
        return None if needles.in_text(line.decode("utf-8", "replace")) else line
    left = living(post)
    if left is None:
        return None
    return line if left is post else encode(left)


def clean_journal(path: Path, ids: frozenset[str]) -> None:
    """Take ids out of the journal, where it is a file."""
    if not path.is_file():
        return
    lines = path.read_bytes().split(b"\n")
    dead = {post_id.encode("utf-8", "replace") for post_id in ids}
    kept = [line for line in lines if line not in dead]
    if len(kept) != len(lines):
        _replace(path, b"\n".join(kept))


def clean_exports(folder: Path, needles: Needles) -> list[Path]:
    """Remove files for people that hold them; which. They can be exported again."""
    gone = []
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and any(map(needles.in_text, _texts(path))):
            path.unlink(missing_ok=True)
            gone.append(path)
    return gone


def clean_logs(folder: Path, needles: Needles) -> None:
    """Overwrite names and ids in logs where they stand, for others may be writing at their ends."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if not path.is_file() or path.is_symlink():
            continue
        with path.open("r+b") as file:
            while line := file.readline():
                blank = needles.overwritten(line)
                if blank != line:
                    end = file.tell()
                    file.seek(end - len(line))
                    file.write(blank)
                    file.flush()
                    file.seek(end)


def holding(folder: Path, needles: Needles, *, below: frozenset[str] = frozenset()) -> list[Path]:
    """The files of a folder in which one of them is still to be read, those ``below`` some left out."""
    found = []
    for path in sorted(folder.rglob("*")):
        looked_at = path.is_file() and not below.intersection(path.relative_to(folder).parts)
        if looked_at and any(map(needles.in_text, _texts(path))):
            found.append(path)
    return found


def _texts(path: Path) -> Iterator[str]:
    """What can be read in a file, unpacked where it is packed."""
    try:
        if path.stat().st_size > _LARGE:
            return
        if path.suffix == ".gz":
            yield unpacked(path)[0].decode("utf-8", "replace")
        elif path.suffix == ".xlsx" and zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                for name in packed.namelist():
                    yield packed.read(name).decode("utf-8", "replace")
        else:
            yield path.read_bytes().decode("utf-8", "replace")
    except (OSError, SpoolError, zlib.error, zipfile.BadZipFile):
        return


def _replace(path: Path, content: bytes) -> None:
    """Put the content into the place of the file in one step that survives a power cut."""
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        os.fchmod(file.fileno(), path.stat().st_mode & 0o777)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
    sync(path.parent)
