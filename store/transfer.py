"""Documents carried from one place to another, and counted at both ends: moves, backups and restores.

One way for all: whatever gives documents (an engine, an archive) is read once, written as it is, and
then compared by count and sum (``store.tally``). A move that was cut off goes on: what the target has
already is not written again. Whoever calls holds the project's writer lock.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from posts.errors import StoreError
from store.engines import open_store
from store.mapping import COLLECTIONS
from store.portions import portions
from store.protocol import Body, Collection, Document, Store, StoreSettings
from store.reading import Reading, reading_of
from store.state import State
from store.tally import Tally

Progress = Callable[[int, int], None]

NOTE: Final = "move"
EMBEDDED: Final = "embedded"
_AT_ONCE: Final = 2_000
_ALL: Final[Body] = {"match_all": {}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A move as it is noted: between which engines, and whether all is verified."""

    source: str
    target: str
    verified: bool
    posts: int = 0
    at: str = ""


def noted(state: State) -> Move | None:
    """The last move of a project whose old engine has not been dropped since."""
    note = state.note(NOTE)
    return Move(**json.loads(note)) if note else None


def label(settings: StoreSettings) -> str:
    """How a move names an engine."""
    if settings.url is None:
        return EMBEDDED
    from store.elasticsearch_errors import without_secrets

    return f"{without_secrets(settings.url)} {settings.prefix}"


def move(
    source: StoreSettings,
    target: StoreSettings,
    state: State,
    *,
    now: datetime,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> dict[Collection, Tally]:
    """Carry everything to the target and compare; what was carried. The source stays as it is.

    ``StoreError`` if the target holds documents of its own, unless they are to be written over.
    """
    before = noted(state)
    names = (label(source), label(target))
    known = before is not None and (before.source, before.target) == names
    unfinished = known and before is not None and not before.verified
    with closing(open_store(source)) as old, closing(open_store(target)) as new:
        old.ensure()
        new.ensure()
        new.refresh()
        held = sum(new.count(name, _ALL) for name in COLLECTIONS)
        if held and not (known or overwrite):
            raise StoreError(
                f"holds {held:,} documents already",
                subject=label(target),
                remedy="Give --overwrite to write over them, or another prefix in [store].",
            )
        note = Move(source=names[0], target=names[1], verified=False, at=now.isoformat())
        _note(state, note)
        read = reading_of(old)
        tallies = carry(read, new, known=bool(held), progress=progress)
        compare(new, tallies, read, subject=label(target), remove_others=unfinished or overwrite)
    _note(state, Move(**{**_plain(note), "verified": True, "posts": tallies["posts"].count}))
    return tallies


def carry(
    source: Reading, target: Store, *, known: bool, progress: Progress | None = None
) -> dict[Collection, Tally]:
    """Write all documents into the target; ``known`` if some may be there, which are then left alone."""
    tallies = {name: Tally() for name in COLLECTIONS}
    done = 0
    for name in COLLECTIONS:
        for part in portions(tallies[name].over(source.read(name)), _AT_ONCE):
            missing = _missing(target, name, part) if known else part
            written = target.write(name, missing, fresh=not known) if missing else None
            if written is not None and written.refused:
                first = written.refused[0]
                raise StoreError(
                    f"The target refuses {len(written.refused)} of {name}: {first.reason}", subject=first.id
                )
            done += len(part)
            if progress is not None:
                progress(done, source.total)
    return tallies


def compare(
    target: Store,
    tallies: Mapping[Collection, Tally],
    source: Reading,
    *,
    subject: str,
    remove_others: bool = False,
) -> None:
    """``StoreError`` unless the target holds just the documents that were counted."""
    target.refresh()
    for name, tally in tallies.items():
        if target.count(name, _ALL) != tally.count:
            others = _others(target, name, source)
            if others and not remove_others:
                raise StoreError(
                    f"holds {len(others):,} {name} that the source does not, such as {others[0]}",
                    subject=subject,
                    remedy="Give --overwrite to remove them.",
                )
            for part in portions(others, _AT_ONCE):
                target.delete(name, {"terms": {"id": part}})
        found = Tally()
        for document in target.scan(name, _ALL):
            found.add(document)
        if (found.count, found.sum) != (tally.count, tally.sum):
            raise StoreError(
                f"{name}: {found.count:,} documents with the sum {found.text} arrived,"
                f" {tally.count:,} with {tally.text} were sent",
                subject=subject,
                remedy="Nothing was switched over. Do it again.",
            )


def drop(settings: StoreSettings) -> None:
    """Remove all that an engine holds of a project."""
    if settings.url is None:
        if settings.folder.exists():
            shutil.rmtree(settings.folder)
        return
    from store.elasticsearch_rebuild import drop_elasticsearch

    drop_elasticsearch(settings)


def _missing(target: Store, name: Collection, part: Sequence[Document]) -> list[Document]:
    found = target.get(name, [document["id"] for document in part])
    return [document for document in part if found.get(document["id"]) != document]


def _others(target: Store, name: Collection, source: Reading) -> list[str]:
    """Ids of what the target alone holds."""
    ours = {document["id"] for document in source.read(name)}
    return [document["id"] for document in target.scan(name, _ALL, ["id"]) if document["id"] not in ours]


def _note(state: State, found: Move) -> None:
    state.set_note(NOTE, json.dumps(_plain(found)))


def _plain(found: Move) -> dict[str, Any]:
    return {name: getattr(found, name) for name in found.__slots__}
