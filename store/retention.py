"""What is older than it may be goes: posts after ``days``, what was written in them after ``text_days``.

A post's age is that of its writing. A source may keep its posts for another time than the project; of
a post of several sources the longest counts. Rows go before their posts, so that a crash in between
leaves no row without one, and the next run does the rest. Whoever calls holds the writer lock.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from posts.errors import RecordError, StoreError
from posts.forgetting import is_textless, textless
from posts.post import Post
from store import heard, labels, rereads
from store.batch import stored_post
from store.documents import date_text, documents
from store.engines import open_store
from store.forget import Places
from store.mapping import WHEN
from store.portions import portions
from store.protocol import Body, Collection, Document, Store
from store.rebuild import vacuum
from store.remains import settle_state
from store.state import State

Progress = Callable[[int, int], None]

NOTE: Final = "retention.at"
"""The note of when retention last ran."""
VACUUM_NOTE: Final = "retention.vacuum"
"""The note of since when deleted bytes wait to be given up."""
VACUUM_AFTER: Final = timedelta(days=7)
"""The longest that the bytes of what was removed stay in the engine's files."""
VACUUM_SHARE: Final = 0.1
"""The share of all posts whose removal is worth a rebuild at once."""
_AT_ONCE: Final = 1_000
_ROWS: Final[tuple[Collection, ...]] = ("edges", "uses", "metrics", "matches")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How many days posts and their texts are kept, ``None`` for always; ``sources`` where one differs."""

    days: int | None = None
    text_days: int | None = None
    sources: Mapping[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.days is not None or self.text_days is not None or bool(self.sources)

    def kept(self, sources: Iterable[str]) -> float:
        """For how many days a post of these sources is kept."""
        always = float("inf") if self.days is None else float(self.days)
        return max((float(self.sources.get(name, always)) for name in sources), default=always)

    def keeps(self, post: Post, *, now: datetime) -> bool:
        """Whether a post that comes in is still to be kept, or would go with the next round."""
        return (now - post.created_at).days < self.kept((post.source, *post.also_in))

    @property
    def by_date(self) -> bool:
        """Whether everything before one date goes: no source keeps its posts for longer."""
        return self.days is not None and all(kept <= self.days for kept in self.sources.values())

    @property
    def least(self) -> int | None:
        """The shortest time for which anything is kept: whatever holds texts beside the engine goes then."""
        known = [days for days in (self.days, self.text_days) if days is not None]
        return min(known, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What retention removed, or would: posts, rows beside them, texts, and files and letters."""

    posts: int = 0
    rows: int = 0
    texts: int = 0
    letters: int = 0
    files: int = 0

    def __bool__(self) -> bool:
        return bool(self.posts or self.rows or self.texts)


def due(state: State, now: datetime) -> bool:
    """Whether a day has passed since retention last ran."""
    note = state.note(NOTE)
    return note is None or now - datetime.fromisoformat(note) >= timedelta(days=1)


def retain(
    places: Places, rules: Rules, *, now: datetime, try_only: bool = False, progress: Progress | None = None
) -> Removed:
    """Remove what is too old, or only count it."""
    if not rules:
        return Removed()
    with closing(open_store(places.store)) as store:
        store.ensure()
        removed = _in_engine(store, rules, now, try_only, progress)
        total = store.count("posts", {"match_all": {}})
    with State(places.state) as state:
        removed = _beside(places, state, rules, now, removed, try_only)
        if not try_only:
            rereads.drop_older(state, lambda source: rules.kept([source]), now=now)
            heard.drop_older(state, lambda source: rules.kept([source]), now=now)
            with closing(open_store(places.store)) as store:
                labels.drop_missing(state, store)
            _give_up_bytes(places, state, removed, total, now)
            state.set_note(NOTE, now.isoformat())
            settle_state(state)
    return removed


def _in_engine(
    store: Store, rules: Rules, now: datetime, try_only: bool, progress: Progress | None
) -> Removed:
    expired = list(_expired(store, rules, now))
    stale = _stale(store, rules, now, set(expired))
    counted = store.count if try_only else store.delete
    rows = posts = texts = 0
    if rules.by_date and not try_only:
        before = _before(now, rules.days or 0)
        rows = sum(_delete_before(store, name, before) for name in (*_ROWS, "accounts"))
    elif rules.days is not None:
        rows = counted("accounts", {"range": {"at": {"lt": _before(now, rules.days)}}})
    for part in portions(expired, _AT_ONCE):
        rows += sum(counted(name, {"terms": {"post_id": part}}) for name in _ROWS)
    if rules.by_date and not try_only:
        posts = _delete_before(store, "posts", _before(now, rules.days or 0))
    for part in portions(expired, _AT_ONCE):
        posts += counted("posts", {"terms": {"id": part}})
        if progress is not None:
            progress(posts, len(expired))
    for documents_ in portions(stale, _AT_ONCE):
        texts += len(documents_)
        if not try_only:
            _take_texts(store, documents_)
            if progress is not None:
                progress(texts, texts)
    return Removed(posts=posts, rows=rows, texts=texts)


def _delete_before(store: Store, name: Collection, before: str) -> int:
    """Delete all of a collection that is dated before; an Elasticsearch drops whole indices."""
    from store.embedded import EmbeddedStore

    dropped = 0
    if not isinstance(store, EmbeddedStore):
        from store.elasticsearch import ElasticsearchStore
        from store.elasticsearch_periods import drop_before

        if isinstance(store, ElasticsearchStore):
            dropped = drop_before(store, name, before)
    return dropped + store.delete(name, {"range": {WHEN[name]: {"lt": before}}})


def _expired(store: Store, rules: Rules, now: datetime) -> Iterator[str]:
    """The ids of posts that are too old, each once."""
    limits = sorted({*rules.sources.values(), *([] if rules.days is None else [rules.days])})
    seen: set[str] = set()
    for days in limits:
        query: dict[str, Any] = {"range": {"created_at": {"lt": _before(now, days)}}}
        if rules.days is None or days < rules.days:
            shorter = sorted(name for name, kept in rules.sources.items() if kept <= days)
            query = {"bool": {"filter": [query, {"terms": {"source": shorter}}]}}
        for document in store.scan("posts", query, ["id", "source"]):
            post_id = document["id"]
            if post_id not in seen and rules.kept(document.get("source", ())) <= days:
                seen.add(post_id)
                yield post_id


def _stale(store: Store, rules: Rules, now: datetime, expired: set[str]) -> Iterator[Document]:
    """The posts whose text is too old and still there."""
    if rules.text_days is None:
        return
    query: Body = {
        "bool": {
            "filter": [{"range": {"created_at": {"lt": _before(now, rules.text_days)}}}],
            "must_not": [{"terms": {"is": ["textless", "deleted"]}}],
        }
    }
    for document in store.scan("posts", query):
        if document["id"] not in expired:
            yield document


def _take_texts(store: Store, found: Iterable[Document]) -> None:
    """Write the posts again without what was written in them; their rows stay as they are."""
    made = []
    for document in found:
        try:
            stored = stored_post(document)
        except (RecordError, KeyError):
            continue  # no record of ours
        if not is_textless(stored.post):
            made.append(documents(textless(stored.post), sorted(stored.unresolved)).post)
    written = store.write("posts", made) if made else None
    if written is not None and written.refused:
        raise StoreError(written.refused[0].reason, subject=written.refused[0].id)


def _beside(
    places: Places, state: State, rules: Rules, now: datetime, removed: Removed, try_only: bool
) -> Removed:
    """Dead letters, exports and damaged files that wait, older than any text may be."""
    if rules.least is None:
        return removed
    before = now - timedelta(days=rules.least)
    letters = [letter.number for letter in state.dead_letters() if letter.at < before]
    files = [*_older(places.exports, before), *_older(places.spool / "damaged", before)]
    if not try_only:
        state.drop_dead_letters(letters)
        for path in files:
            path.unlink(missing_ok=True)
    return Removed(
        posts=removed.posts, rows=removed.rows, texts=removed.texts, letters=len(letters), files=len(files)
    )


def _older(folder: Path, before: datetime) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and datetime.fromtimestamp(os.stat(path).st_mtime, UTC) < before:
            yield path


def _give_up_bytes(places: Places, state: State, removed: Removed, left: int, now: datetime) -> None:
    """Let the engine give up the bytes: at once if they are many, else when they have waited a week."""
    since = state.note(VACUUM_NOTE)
    if since is None and not removed:
        return
    if since is None:
        since = now.isoformat()
        state.set_note(VACUUM_NOTE, since)
    many = removed.posts + removed.texts > VACUUM_SHARE * (left + removed.posts)
    if many or now - datetime.fromisoformat(since) >= VACUUM_AFTER:
        vacuum(places.store)
        state.delete_note(VACUUM_NOTE)


def _before(now: datetime, days: int) -> str:
    return date_text(now - timedelta(days=days))
