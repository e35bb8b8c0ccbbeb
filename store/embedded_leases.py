"""Leases beside an embedded store: one file, changed whole under a lock of the operating system.

They share work out among the processes of this machine, which is all that can reach the folder.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from posts.errors import StoreError, StoreReadOnly
from store.protocol import Lease, leased


class _Row(msgspec.Struct):
    holder: str
    until: datetime


class FileLeases:
    """Leases in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "leases.json"

    def lease(self, name: str, holder: str, ttl_s: float, now: datetime) -> Lease:
        """See ``Store.lease``."""
        with self._locked():
            rows = self._read()
            row = rows.get(name)
            found = leased(name, holder, ttl_s, now, None if row is None else (row.holder, row.until))
            if found.granted:
                rows = {other: row for other, row in rows.items() if row.until > now}
                if ttl_s > 0:
                    rows[name] = _Row(holder, found.until)
                else:
                    rows.pop(name, None)
                self._write(rows)
            return found

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with (self._folder / "leases.lock").open("w") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise StoreReadOnly(
                str(error), subject=str(self._path), remedy="Free disk space, or check the rights."
            ) from error

    def _read(self) -> dict[str, _Row]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, _Row])
        except FileNotFoundError:
            return {}
        except msgspec.DecodeError as error:
            raise StoreError(
                f"The leases cannot be read: {error}.", subject=str(self._path), remedy="Delete the file."
            ) from error

    def _write(self, rows: dict[str, _Row]) -> None:
        new = self._path.with_suffix(".new")
        with new.open("wb") as file:
            file.write(msgspec.json.encode(rows))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)
