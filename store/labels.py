"""The labels that people give to posts, in the state of a project.

A label waits until whoever writes the posts has put it into its post (``store.deepening``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from posts.labels import Label, check
from store.cursors import exact
from store.portions import portions
from store.protocol import Store
from store.state import State

_COLUMNS: Final = "post, kind, value, at, how, draw, weight, said, reader"
_AT_ONCE: Final = 500
HELD_OUT: Final = "held out"
"""The reader of what a model said that was trained from other labels than this one."""


def add(state: State, labels: Iterable[Label]) -> None:
    """Keep labels; a later one of the same post and kind takes the place of the earlier.

    What was drawn by lot stays so when a person thinks again. ``RecordError`` names what is no label.
    """
    rows = [
        (
            label.post,
            label.kind,
            " ".join(check(label.kind, label.values)),
            exact(label.at),
            label.how,
            label.draw,
            label.weight,
        )
        for label in labels
    ]
    with state.together() as db:
        db.executemany(
            "INSERT INTO labels (post, kind, value, at, how, draw, weight) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (post, kind) DO UPDATE SET value=excluded.value, at=excluded.at, waits=1,"
            " how=CASE WHEN labels.how='sample' THEN labels.how ELSE excluded.how END,"
            " weight=CASE WHEN excluded.draw='' THEN labels.weight ELSE excluded.weight END,"
            " draw=CASE WHEN excluded.draw='' THEN labels.draw ELSE excluded.draw END",
            rows,
        )


def remove(state: State, post: str, kind: str) -> bool:
    """Take a label back: the post is read by the models again; whether there was one."""
    with state.together() as db:
        gone = db.execute("DELETE FROM labels WHERE post=? AND kind=?", (post, kind)).rowcount == 1
        if gone:
            db.execute("INSERT OR IGNORE INTO unlabelled VALUES (?)", (post,))
    return gone


def all_of(state: State, kind: str | None = None, *, how: str | None = None) -> list[Label]:
    """The labels, the newest first."""
    asked = {"kind": kind, "how": how}
    given = {name: value for name, value in asked.items() if value is not None}
    where = " AND ".join(f"{name}=?" for name in given) or "1"
    rows = state.connection.execute(
        f"SELECT {_COLUMNS} FROM labels WHERE {where} ORDER BY at DESC, post, kind", list(given.values())
    )
    return [_label(row) for row in rows]


def of(state: State, posts: Sequence[str]) -> dict[str, list[Label]]:
    """The labels of these posts, by post."""
    found: dict[str, list[Label]] = {}
    for some in portions(posts, _AT_ONCE):
        marks = ", ".join("?" * len(some))
        rows = state.connection.execute(
            f"SELECT {_COLUMNS} FROM labels WHERE post IN ({marks}) ORDER BY post, kind", list(some)
        )
        for row in rows:
            label = _label(row)
            found.setdefault(label.post, []).append(label)
    return found


def count(state: State) -> int:
    """How many labels there are."""
    return int(state.connection.execute("SELECT count(*) FROM labels").fetchone()[0])


def waiting(state: State, limit: int) -> list[str]:
    """Posts whose labels are not in them yet, or no longer should be."""
    rows = state.connection.execute(
        "SELECT post FROM unlabelled UNION SELECT post FROM labels WHERE waits=1 ORDER BY post LIMIT ?",
        (limit,),
    )
    return [str(row[0]) for row in rows]


def pending(state: State, posts: Sequence[str]) -> set[tuple[str, str]]:
    """Which labels of these posts, as post and kind, are not in their posts yet."""
    found: set[tuple[str, str]] = set()
    for some in portions(posts, _AT_ONCE):
        marks = ", ".join("?" * len(some))
        rows = state.connection.execute(
            f"SELECT post, kind FROM labels WHERE waits=1 AND post IN ({marks})", list(some)
        )
        found.update((str(post), str(kind)) for post, kind in rows)
    return found


def settle(state: State, posts: Iterable[str], given: Mapping[str, Sequence[Label]]) -> None:
    """These posts hold the labels that were ``given`` to them; one that changed meanwhile goes on waiting."""
    with state.together() as db:
        db.executemany("DELETE FROM unlabelled WHERE post=?", [(post,) for post in posts])
        db.executemany(
            "UPDATE labels SET waits=0 WHERE post=? AND kind=? AND at=?",
            [(label.post, label.kind, exact(label.at)) for labels in given.values() for label in labels],
        )


def note_said(state: State, said: Iterable[tuple[Label, tuple[str, ...] | None, str]]) -> None:
    """Keep what the models read in labelled posts, and which of them it was."""
    with state.together() as db:
        db.executemany(
            "UPDATE labels SET said=?, reader=? WHERE post=? AND kind=? AND reader<>?",
            [
                (None if values is None else " ".join(values), by, label.post, label.kind, HELD_OUT)
                for label, values, by in said
            ],
        )


def note_held_out(state: State, said: Mapping[str, str], *, kind: str) -> None:
    """Keep what a model that was trained from labels says of posts that it was not shown (by post).

    Of the very posts that it was trained on a model says more truth than of others; these are kept until
    the next training.
    """
    with state.together() as db:
        db.executemany(
            "UPDATE labels SET said=?, reader=? WHERE post=? AND kind=?",
            [(value, HELD_OUT, post, kind) for post, value in said.items()],
        )


def drop_held_out(state: State, *, kind: str) -> None:
    """Let the next reading say again what models read in labelled posts."""
    with state.together() as db:
        db.execute(
            "UPDATE labels SET said=NULL, reader='', waits=1 WHERE kind=? AND reader=?", (kind, HELD_OUT)
        )


def drop_forgotten(state: State, gone: Iterable[str] = ()) -> None:
    """Keep no label of posts that have a tombstone, nor of these."""
    labelled = {row[0] for row in state.connection.execute("SELECT DISTINCT post FROM labels")}
    dead = state.entombed(labelled) | labelled.intersection(gone)
    with state.together() as db:
        db.executemany("DELETE FROM labels WHERE post=?", [(post,) for post in dead])
        db.executemany("DELETE FROM unlabelled WHERE post=?", [(post,) for post in dead])


def drop_missing(state: State, store: Store) -> None:
    """Keep no label of posts that the store does not hold (any more)."""
    labelled = [row[0] for row in state.connection.execute("SELECT DISTINCT post FROM labels")]
    for part in portions(labelled, _AT_ONCE):
        if missing := set(part) - store.get("posts", part).keys():
            drop_forgotten(state, missing)


def _label(row: tuple[Any, ...]) -> Label:
    post, kind, value, at, how, draw, weight, said, reader = row
    return Label(
        post=post, kind=kind, values=tuple(value.split()), at=datetime.fromisoformat(at), how=how, draw=draw,
        weight=weight, said=None if said is None else tuple(said.split()), by=reader,
    )  # fmt: skip
