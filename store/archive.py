"""A project in one file: settings, state, what waits, and every document, each part with its hash.

A tar file of gzipped JSON lines. The manifest at its end names every other part with its SHA-256 and the
count and sum of each collection's documents, and has a hash of its own behind it, so a file that was cut
short or changed is noticed before anything is done with it. The documents are those of the engine,
whichever it was, so an archive made on one restores on the other.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import msgspec

from posts.errors import StoreError
from store.generations import sync
from store.mapping import COLLECTIONS, SCHEMA_VERSION
from store.portions import portions
from store.protocol import Collection, Document
from store.reading import Reading
from store.tally import Tally

Progress = Callable[[int, int], None]

MANIFEST: Final = "manifest.json"
_SEAL: Final = "manifest.sha256"
_FORMAT: Final = 1
_AT_ONCE: Final = 20_000
_LARGEST: Final = 2**31
_NAMES: Final = re.compile(
    rf"(?:documents/(?:{'|'.join(COLLECTIONS)})-\d{{6}}\.jsonl\.gz|spool/[\w.-]+\.jsonl\.gz"
    r"|trained/[a-z]+\.light|[\w-]+\.[a-z0-9]+)"
)
_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an archive says of itself: files by name with hash and bytes, collections with count and sum."""

    format: int
    project: str
    schema: int
    engine: str
    made_at: str
    files: dict[str, tuple[str, int]]
    collections: dict[str, tuple[int, str]]


def write_archive(
    path: Path,
    source: Reading,
    files: Mapping[str, Path],
    *,
    project: str,
    engine: str,
    now: datetime,
    progress: Progress | None = None,
) -> Manifest:
    """Put everything into one file, readable by its owner only, which is there when it is whole."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            with tarfile.open(fileobj=file, mode="w") as tar:
                written = _Written(tar, now)
                for name, where in files.items():
                    written.add(name, where.read_bytes())
                collections = _add_documents(written, source, progress)
                manifest = Manifest(
                    format=_FORMAT, project=project, schema=SCHEMA_VERSION, engine=engine,
                    made_at=now.isoformat(), files=written.files, collections=collections,
                )  # fmt: skip
                sealed = msgspec.json.encode(manifest)
                written.add(MANIFEST, sealed)
                written.add(_SEAL, hashlib.sha256(sealed).hexdigest().encode())
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StoreError(
            f"cannot be written ({error.strerror})",
            subject=str(path),
            remedy="Make room, or name another place.",
        ) from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync(path.parent)
    return manifest


class _Written:
    """The members of an archive in the making."""

    def __init__(self, tar: tarfile.TarFile, now: datetime) -> None:
        self._tar = tar
        self._at = int(now.timestamp())
        self.files: dict[str, tuple[str, int]] = {}

    def add(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = len(content), self._at, 0o600
        self._tar.addfile(member, io.BytesIO(content))
        self.files[name] = (hashlib.sha256(content).hexdigest(), len(content))


def _add_documents(
    written: _Written, source: Reading, progress: Progress | None
) -> dict[str, tuple[int, str]]:
    done = 0
    found: dict[str, tuple[int, str]] = {}
    for name in COLLECTIONS:
        tally = Tally()
        for number, part in enumerate(portions(tally.over(source.read(name)), _AT_ONCE)):
            lines = b"".join(_encode(document) + b"\n" for document in part)
            written.add(
                f"documents/{name}-{number:06d}.jsonl.gz", gzip.compress(lines, compresslevel=4, mtime=0)
            )
            done += len(part)
            if progress is not None:
                progress(done, source.total)
        found[name] = (tally.count, tally.text)
    return found


class Archive:
    """An archive to be read; ``StoreError`` if it is none, or not whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise self._broken(f"cannot be read ({error.strerror})") from error
        try:
            self._members = self._listed()
            self.manifest = self._manifest()
        except BaseException:
            self.close()
            raise

    def _listed(self) -> dict[str, tarfile.TarInfo]:
        try:
            self._tar = tarfile.open(fileobj=self._file, mode="r:")  # noqa: SIM115  its file is closed by ``close``
            return {member.name: member for member in self._tar.getmembers() if member.isreg()}
        except (OSError, tarfile.TarError, EOFError) as error:
            raise self._broken(f"cannot be read ({error})") from error

    def _manifest(self) -> Manifest:
        """What it says of itself, if that is as it was written."""
        if not {MANIFEST, _SEAL} <= self._members.keys():
            raise self._broken("is no backup, or was cut short: its manifest is missing")
        written = self._bytes(MANIFEST)
        if hashlib.sha256(written).hexdigest().encode() != self._bytes(_SEAL):
            raise self._broken("has a manifest that is not what was written")
        try:
            manifest = msgspec.json.decode(written, type=Manifest)
        except msgspec.DecodeError as error:
            raise self._broken(f"has a manifest that cannot be read ({error})") from error
        if manifest.format > _FORMAT or manifest.schema > SCHEMA_VERSION:
            raise StoreError(
                "was made by a newer Rasad", subject=str(self.path), remedy="Use that version to restore it."
            )
        return manifest

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def verify(self, progress: Progress | None = None) -> None:
        """``StoreError`` unless every part is there as it was written, and nothing else is."""
        wanted = self.manifest.files
        strange = [name for name in (*wanted, *self._members) if not _NAMES.fullmatch(name)]
        if strange or set(self._members) - {MANIFEST, _SEAL} != set(wanted):
            raise self._broken("holds other parts than its manifest names")
        for done, (name, (digest, size)) in enumerate(wanted.items(), 1):
            content = self._bytes(name)
            if len(content) != size or hashlib.sha256(content).hexdigest() != digest:
                raise self._broken(f"{name} is not what was written")
            if progress is not None:
                progress(done, len(wanted))
        for collection, (count, total) in self.manifest.collections.items():
            tally = Tally()
            for document in self.documents(collection):
                tally.add(document)
            if (tally.count, tally.text) != (count, total):
                raise self._broken(f"{collection}: {tally.count} documents, {count} were written")

    def names(self, folder: str = "") -> list[str]:
        """The files of the project in it: those of a folder (``spool/``), or those at the top."""
        return [
            name for name in self.manifest.files if name.startswith(folder) and ("/" in name) == bool(folder)
        ]

    def extract(self, name: str, to: Path) -> None:
        """Write one of its files, readable by the owner only, synced."""
        with to.open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(self._bytes(name))
            file.flush()
            os.fsync(file.fileno())

    def documents(self, collection: str) -> Iterator[Document]:
        """The documents of a collection, in the order in which they were written."""
        for name in sorted(self.manifest.files):
            if name.startswith(f"documents/{collection}-"):
                for line in gzip.decompress(self._bytes(name)).split(b"\n")[:-1]:
                    document: Any = _decode.decode(line)
                    yield document

    def reading(self) -> Reading:
        """Its documents, to be carried into an engine."""
        counts: dict[Collection, int] = {
            name: self.manifest.collections.get(name, (0, ""))[0] for name in COLLECTIONS
        }
        return Reading(counts, self.documents)

    def _bytes(self, name: str) -> bytes:
        member = self._members[name]
        if member.size > _LARGEST:
            raise self._broken(f"{name} is too large")
        try:
            opened = self._tar.extractfile(member)
            assert opened is not None
            return opened.read()
        except (OSError, tarfile.TarError, EOFError) as error:
            raise self._broken(f"{name} cannot be read ({error})") from error

    def _broken(self, what: str) -> StoreError:
        return StoreError(what, subject=str(self.path), remedy="Take another backup.")
