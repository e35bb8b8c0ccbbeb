"""A project put into one file, and made of one again.

A restored project is built beside the others and put in its place when it is whole; what it replaces
goes only then. What has been forgotten since the backup was made stays forgotten.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from config.edit import set_value
from config.load import home, load, store_settings
from config.project import Settings
from posts.errors import RasadError, StoreError
from rasad.keeping import places, reading
from rasad.screen import Progress
from store import open_store
from store.archive import Archive, Manifest, write_archive
from store.claim import claim
from store.filling import fill, verify
from store.forget import keep_out
from store.mapping import COLLECTIONS, SCHEMA_VERSION
from store.protocol import Collection, Store, StoreSettings
from store.reading import reading_of
from store.spool import Spool
from store.state import State
from store.state_file import copy_to
from store.tally import Tally
from store.transfer import compare

_TRAINED: Final = ("trained/sentiment.light", "trained/topic.light")
_KEPT: Final = ("project.toml", "pseudonym.key", *_TRAINED)
_SPOOL: Final = "spool/"


def back_up(settings: Settings, target: Path, *, progress: Progress) -> tuple[Path, Manifest]:
    """Write the project into a file (or a file of its own name in a folder); where, and what is in it.

    The service steps aside meanwhile; what it collects waits in the spool.
    """
    now = datetime.now(UTC)
    if not target.suffix and not target.exists() and target.parent.is_dir():
        target.mkdir()  # a folder was named, and none of this name is there yet
    if target.is_dir():
        target = target / f"rasad-{settings.project.name}-{now:%Y%m%dT%H%M%SZ}.tar"
    if target.exists():
        raise RasadError("is there already", subject=str(target), remedy="Name another file, or a folder.")
    if not target.parent.is_dir():
        raise RasadError("is no folder", subject=str(target.parent), remedy="Make it first.")
    with (
        claim(settings.folder),
        tempfile.TemporaryDirectory(dir=settings.folder, prefix=".backup-") as folder,
        closing(open_store(StoreSettings(**store_settings(settings)))) as store,
    ):
        store.ensure()
        # The state first: a cursor in it has moved only after its posts were in the spool.
        files = _files(settings, Path(folder))
        engine = "embedded" if settings.store.url is None else "elasticsearch"
        manifest = write_archive(
            target, reading_of(store), files,
            project=settings.project.name, engine=engine, now=now, progress=progress,
        )  # fmt: skip
    return target, manifest


def _files(settings: Settings, folder: Path) -> Mapping[str, Path]:
    copy = folder / "state.sqlite"
    with State(settings.state) as state:
        copy_to(state, copy)
    files = {name: settings.folder / name for name in _KEPT if (settings.folder / name).is_file()}
    files["state.sqlite"] = copy
    return files | {f"{_SPOOL}{path.name}": path for path in Spool(settings.spool).files()}


def restore(
    archive: Archive, *, name: str | None, overwrite: bool, progress: Progress
) -> tuple[Settings, dict[Collection, int]]:
    """Make the project of an archive that was verified; its settings and counts.

    ``RasadError`` if there is a project of this name, unless it is to be overwritten.
    """
    at = home(os.environ)
    wanted = name or archive.manifest.project
    folder, beside = at / "projects" / wanted, at / f".replaced-{wanted}"
    if not folder.exists() and beside.exists():
        os.rename(beside, folder)  # an earlier try was cut off between its two steps
    if folder.exists() and not overwrite:
        raise RasadError(
            f"There is a project '{wanted}' already.",
            remedy="Give --project NAME, or --overwrite to replace it.",
        )
    made = at / f".restoring-{wanted}"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    folder.parent.mkdir(exist_ok=True)
    if not folder.exists():
        counts = _make(archive, made, wanted, None, progress)
        os.rename(made, folder)
    else:
        with claim(folder):
            counts = _make(archive, made, wanted, folder, progress)
            shutil.rmtree(beside, ignore_errors=True)
            os.rename(folder, beside)
            os.rename(made, folder)
        shutil.rmtree(beside)
    return load(folder), counts


def _make(
    archive: Archive, folder: Path, name: str, old: Path | None, progress: Progress
) -> dict[Collection, int]:
    """The project in a folder of its own; ``old`` is the one that it replaces."""
    taught = archive.names("trained/")
    if taught:
        (folder / "trained").mkdir()
    for file in (*archive.names(), *taught):
        if file in (*_KEPT, "state.sqlite"):
            archive.extract(file, folder / file)
    (folder / "project.toml").chmod(0o644)
    (folder / "spool").mkdir()
    for file in archive.names(_SPOOL):
        archive.extract(file, folder / file)
    settings = _named(folder, name, archive.manifest.project)
    if old is not None:
        _carry_tombstones(old / "state.sqlite", settings.state)
    counts = _fill(archive, settings, overwrite=old is not None, progress=progress)
    if old is not None and keep_out(places(settings), annotate=reading(settings)):
        with closing(open_store(StoreSettings(**store_settings(settings)))) as store:
            counts = dict(reading_of(store).counts)
    return counts


def _named(folder: Path, name: str, before: str) -> Settings:
    """The settings, under another name if one is given: with it the prefix of the indices is another."""
    if name != before:
        set_value(folder, "project.name", name)
        set_value(folder, "store.prefix", None)
    return load(folder)


def _carry_tombstones(old: Path, new: Path) -> None:
    if not old.is_file():
        return
    with State(old) as before, State(new) as after:
        with before.together() as db:
            rows = db.execute("SELECT digest, at FROM tombstones").fetchall()
        with after.together() as db:
            db.executemany("INSERT OR IGNORE INTO tombstones VALUES (?, ?)", rows)


def _fill(
    archive: Archive, settings: Settings, *, overwrite: bool, progress: Progress
) -> dict[Collection, int]:
    where = StoreSettings(**store_settings(settings))
    if where.url is not None:
        return _fill_elasticsearch(archive, where, overwrite=overwrite, progress=progress)
    with closing(open_store(where)) as store:
        store.ensure()
        return _filled(archive, store, progress)


def _fill_elasticsearch(
    archive: Archive, where: StoreSettings, *, overwrite: bool, progress: Progress
) -> dict[Collection, int]:
    """Into new indices, which take the place of old ones only when they are whole."""
    from store.elasticsearch_rebuild import builder

    with closing(open_store(where)) as store:
        if not overwrite:
            store.ensure()
            held = sum(reading_of(store).counts.values())
            if held:
                raise StoreError(
                    f"holds {held:,} documents of another project already",
                    subject=f"{where.prefix}",
                    remedy="Give --project another name, or --overwrite.",
                )
    with closing(builder(where, now=datetime.now(UTC))) as new:
        counts = _filled(archive, new, progress)
        new.exchange()
    return counts


def _filled(archive: Archive, store: Store, progress: Progress) -> dict[Collection, int]:
    """Write the documents and compare them with what the manifest says."""
    way: str = "as it is" if archive.manifest.schema == SCHEMA_VERSION else "anew"
    built = fill(store, archive.reading(), way, None, progress)  # type: ignore[arg-type]
    verify(store, built, subject=str(archive.path))
    if way == "as it is":
        tallies = {
            name: Tally(count=found[0], sum=int(found[1], 16))
            for name in COLLECTIONS
            if (found := archive.manifest.collections.get(name))
        }
        compare(store, tallies, archive.reading(), subject=str(archive.path))
    return built.counts
