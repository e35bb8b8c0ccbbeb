"""Erases posts, people and sources from everything that a project keeps, so that they do not come back.

Before anything goes, what is to go is noted in the state and given tombstones; the note is removed last.
So an erasure that was cut off is known, and is finished by doing it again. Whoever calls holds the
project's writer lock.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from posts.errors import RecordError, SpoolError, StoreError
from posts.forgetting import GONE, Forgotten, person
from posts.post import Post
from posts.profile import Profile
from store import labels, rereads
from store.batch import Stored, stored_post
from store.documents import documents
from store.engines import open_store
from store.needles import Needles
from store.portions import portions
from store.protocol import Body, Collection, Document, Store, StoreSettings
from store.rebuild import vacuum
from store.references import references
from store.remains import (
    clean_exports,
    clean_journal,
    clean_logs,
    clean_spool,
    clean_state,
    holding,
    queries_naming,
    settle_state,
)  # fmt: skip
from store.spool import BadLine, Spool
from store.state import State
from store.tombs import forgotten_keys, keep_away, living
from store.transfer import label, noted

Annotate = Callable[[Sequence[Post]], Mapping[str, Post]]
Progress = Callable[[int, int], None]

PENDING: Final = "forget.pending"
"""The note of an erasure that is not at its end yet."""
_AT_ONCE: Final = 1_000
_ALL: Final[Body] = {"match_all": {}}
_ROWS: Final[tuple[Collection, ...]] = ("edges", "uses", "metrics", "matches")


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a project keeps things."""

    store: StoreSettings
    state: Path
    spool: Path
    exports: Path
    logs: tuple[Path, ...] = ()
    journal: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to go: posts by id or alias, people by key, whole sources.

    ``new_welcome`` lets new posts of these people come in.
    """

    posts: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    new_welcome: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """What an erasure removed; ``left`` are files in which one of the names is still to be read."""

    posts: int = 0
    rows: int = 0
    mended: int = 0
    waiting: int = 0
    letters: int = 0
    exports: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(slots=True)
class _Marked:
    """All that an erasure looks for; kept in the note."""

    own: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    handles: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)

    def add(self, post: Post) -> None:
        """This post goes."""
        self.own.add(post.id)
        self.ids.update((post.id, *post.aliases))

    def know(self, key: str, handle: str | None) -> None:
        """A name that somebody who goes writes under."""
        if handle and key in self.keys:
            self.handles.add(handle.lower().lstrip("@"))

    @property
    def needles(self) -> Needles:
        return Needles(ids=frozenset(self.ids), keys=frozenset(self.keys), handles=frozenset(self.handles))

    @property
    def forgotten(self) -> Forgotten:
        return Forgotten(people=frozenset(map(person, self.keys)), posts=frozenset(self.ids))

    def goes(self, post: Post) -> bool:
        """Whether a post is one of those."""
        if post.id in self.ids or not self.ids.isdisjoint(post.aliases):
            return True
        if post.author is not None and post.author.key in self.keys:
            return True
        return bool(self.sources) and self.sources.issuperset((post.source, *post.also_in))

    def drops(self, profile: Profile) -> bool:
        """Whether a profile that waits is of one of those, or of a source that goes."""
        same = person(profile.key) in {person(key) for key in self.keys}
        return same or profile.source in self.sources

    def written(self) -> str:
        return json.dumps({name: sorted(getattr(self, name)) for name in self.__slots__})

    @classmethod
    def read(cls, note: str) -> _Marked:
        return cls(**{name: set(values) for name, values in json.loads(note).items()})


def pending(state: State) -> bool:
    """Whether an erasure was cut off."""
    return state.note(PENDING) is not None


def forget(
    places: Places,
    wish: Wish | None,
    *,
    annotate: Annotate,
    now: datetime,
    progress: Progress | None = None,
) -> Gone:
    """Erase what is wished, after what an earlier erasure has left to do (``None``: only that)."""
    gone = Gone()
    with State(places.state) as state:
        for marked in _tasks(places, state, wish, now):
            gone = _carry_out(places, state, marked, annotate, progress)
            state.delete_note(PENDING)
            settle_state(state)
    return gone


def keep_out(places: Places, *, annotate: Annotate) -> int:
    """Take out of the engine whatever has a tombstone, as after a backup of an earlier day was restored;
    how many posts were touched."""
    touched = 0
    with State(places.state) as state, closing(_opened(places)) as store:
        for part in portions(store.scan("posts", _ALL), _AT_ONCE):
            stored = {found.post.id: found for found in _stored(part)}
            alive, _ = living(state, (found.post for found in stored.values()))
            gone = sorted(stored.keys() - alive.keys() - _deleted(stored.values()))
            for name in _ROWS:
                _delete(store, name, "post_id", gone)
            _delete(store, "posts", "id", gone)
            mended = {key: (posts[0], stored[key]) for key, posts in alive.items()}
            mended = {key: pair for key, pair in mended.items() if pair[0] is not pair[1].post}
            _rewrite(store, mended, annotate)
            rereads.drop_forgotten(state, gone)
            labels.drop_forgotten(state, gone)
            touched += len(gone) + len(mended)
        rereads.drop_forgotten(state)
        labels.drop_forgotten(state)
        authors = {row["author"] for row in store.scan("accounts", _ALL, ["author"])}
        unwanted = forgotten_keys(state, authors)
        touched += len(unwanted)
        _delete(store, "accounts", "author", unwanted)
    if touched:
        vacuum(places.store)
    return touched


def _deleted(stored: Iterable[Stored]) -> set[str]:
    """What was deleted at its platform has a tombstone, and is kept as a mark of that."""
    return {found.post.id for found in stored if found.post.deleted_at is not None}


def _tasks(places: Places, state: State, wish: Wish | None, now: datetime) -> Iterator[_Marked]:
    """What was left to do, then what is wished, each noted before it is begun."""
    note = state.note(PENDING)
    if note is not None:
        yield _Marked.read(note)
    if wish is None:
        return
    with closing(_opened(places)) as store:
        marked = _mark(store, Spool(places.spool), wish)
    people = () if wish.new_welcome else [person(key) for key in wish.authors]
    keep_away(state, posts=marked.ids, people=people, at=now)
    state.set_note(PENDING, marked.written())
    yield marked


def _opened(places: Places) -> Store:
    store = open_store(places.store)
    store.ensure()
    return store


def _mark(store: Store, spool: Spool, wish: Wish) -> _Marked:
    """All posts and names that the wish means, in the store and in what waits."""
    marked = _Marked(ids=set(wish.posts), keys=set(wish.authors), sources=set(wish.sources))
    for part in portions(wish.authors, _AT_ONCE):
        for row in store.scan("accounts", {"terms": {"author": part}}, ["author", "handle"]):
            marked.know(row["author"], row.get("handle"))
    for post in _candidates(store, spool, wish):
        if isinstance(post, Profile):
            marked.know(post.key, post.handle)
            continue
        if marked.goes(post):
            marked.add(post)
        for named in (post.author, *post.mentioned):
            if named is not None:
                marked.know(named.key, named.handle)
    return marked


def _candidates(store: Store, spool: Spool, wish: Wish) -> Iterator[Post | Profile]:
    for query in _queries(wish):
        yield from (stored.post for stored in _stored(store.scan("posts", query)))
    for path in spool.files():
        try:
            yield from (found for found in spool.read(path) if not isinstance(found, BadLine))
        except SpoolError:
            continue  # nothing of it can be read; intake buries it


def _queries(wish: Wish) -> Iterator[Mapping[str, Any]]:
    for part in portions(wish.posts, _AT_ONCE):
        yield {"bool": {"should": [{"terms": {"id": part}}, {"terms": {"aliases": part}}]}}
    for part in portions(wish.authors, _AT_ONCE):
        yield {"bool": {"should": [{"terms": {"author": part}}, {"terms": {"mentions": part}}]}}
    for part in portions(wish.sources, _AT_ONCE):
        yield {"terms": {"source": part}}


def _carry_out(
    places: Places, state: State, marked: _Marked, annotate: Annotate, progress: Progress | None
) -> Gone:
    needles = marked.needles
    with closing(_opened(places)) as store:
        mended = _mend_others(store, marked, annotate, progress)
        rows = _delete_rows(store, marked)
        posts = _delete(store, "posts", "id", marked.own)
    if places.journal is not None:
        clean_journal(places.journal, needles.ids)
    living = _living(marked)
    gone = Gone(
        posts=posts,
        rows=rows,
        mended=mended,
        waiting=clean_spool(Spool(places.spool), needles, living, marked.drops),
        letters=clean_state(state, needles, sources=frozenset(marked.sources)),
        exports=tuple(path.name for path in clean_exports(places.exports, needles)),
    )
    for folder in places.logs:
        clean_logs(folder, needles)
    # Engines keep the bytes of what was deleted until they are made to let go of them.
    vacuum(places.store, progress=progress)
    left = [str(path) for path in _files_left(places, needles)]
    left += [f"saved query {name}" for name in queries_naming(state, needles)]
    move = noted(state)
    if move is not None:
        # Where a move has left its copy, or has not come to its end.
        left += [name for name in (move.source, move.target) if name != label(places.store)]
    return replace(gone, left=tuple(left))


def _files_left(places: Places, needles: Needles) -> list[Path]:
    """Files of the project in which one of them is still to be read: those that people wrote."""
    own = places.state.name
    found = holding(places.state.parent, needles, below=frozenset({"index"}))
    return [path for path in found if not path.name.startswith(own)]


def _living(marked: _Marked) -> Callable[[Post], Post | None]:
    forgotten = marked.forgotten

    def left(post: Post) -> Post | None:
        return None if marked.goes(post) else forgotten.without(_without_sources(post, marked.sources))

    return left


def _without_sources(post: Post, sources: set[str]) -> Post:
    """The post as if these sources had never seen it; another of its sources has."""
    own = [post.source, *post.also_in]
    kept = [name for name in own if name not in sources]
    if len(kept) == len(own) or not kept:
        return post
    return replace(post, source=kept[0], also_in=tuple(kept[1:]))


# the engine


def _mend_others(store: Store, marked: _Marked, annotate: Annotate, progress: Progress | None) -> int:
    """Write the posts of others again, without whom and what they tell of; how many."""
    living, mended, seen = _living(marked), 0, 0
    total = store.count("posts", _ALL)
    for part in portions(_touched(store, marked), _AT_ONCE):
        seen += len(part)
        if progress is not None:
            progress(min(seen, total), total)
        changed = {}
        for stored in _stored(part):
            left = living(stored.post)
            if left is not None and left is not stored.post:
                changed[left.id] = (left, stored)
        mended += len(changed)
        _rewrite(store, changed, annotate)
    return mended


def _touched(store: Store, marked: _Marked) -> Iterable[Document]:
    """Documents of posts in which one of them may stand."""
    if marked.keys:
        # Whoever is named in an address, or as the one passed on, is in no field: all posts are read.
        yield from store.scan("posts", _ALL)
        return
    for part in portions(sorted(marked.ids), _AT_ONCE):
        names = ("reply_to", "repost_of", "quote_of", "conversation", "unresolved")
        yield from store.scan("posts", {"bool": {"should": [{"terms": {name: part}} for name in names]}})
    for part in portions(sorted(marked.sources), _AT_ONCE):
        yield from store.scan("posts", {"terms": {"source": part}})


def _rewrite(store: Store, changed: Mapping[str, tuple[Post, Stored]], annotate: Annotate) -> None:
    if not changed:
        return
    unread = [post for post, _ in changed.values() if post.annotations is None and post.deleted_at is None]
    read = annotate(unread) if unread else {}
    made: dict[Collection, list[Document]] = {"posts": [], "edges": [], "uses": []}
    for post_id, (post, stored) in changed.items():
        waiting = stored.unresolved & set(references(post))
        waiting |= {ref for ref in references(post) if ref == f"{post.platform}:{GONE}"}
        rows = documents(read.get(post_id, post), sorted(waiting))
        made["posts"].append(rows.post)
        made["edges"] += rows.edges
        made["uses"] += rows.uses
    for name in ("edges", "uses"):
        _delete(store, name, "post_id", changed)
    for collection in ("posts", "edges", "uses"):
        written = store.write(collection, made[collection])
        if written.refused:
            raise StoreError(
                written.refused[0].reason,
                subject=written.refused[0].id,
                remedy="Run `rasad forget --resume`.",
            )


def _delete_rows(store: Store, marked: _Marked) -> int:
    """Delete what stands beside the posts, and what tells of the people; how many rows."""
    rows = sum(_delete(store, name, "post_id", marked.own) for name in _ROWS)
    for name, where in (
        ("edges", "src"), ("edges", "dst"), ("uses", "author"), ("metrics", "author"),
        ("matches", "author"), ("accounts", "author"),
    ):  # fmt: skip
        rows += _delete(store, name, where, marked.keys)  # type: ignore[arg-type]
    return rows


def _delete(store: Store, collection: Collection, name: str, values: Iterable[str]) -> int:
    return sum(
        store.delete(collection, {"terms": {name: part}}) for part in portions(sorted(values), _AT_ONCE)
    )


def _stored(found: Iterable[Document]) -> Iterator[Stored]:
    for document in found:
        try:
            yield stored_post(document)
        except (RecordError, KeyError):
            continue  # no record of ours
