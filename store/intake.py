"""From the spool into the store: each file is removed only when all of it is committed.

Whoever runs it holds ``writer_lock``. A crash at any moment loses nothing and doubles nothing: the files
in hand are noted before the first write, with the posts that are new in them; all ids are deterministic;
and the files come again as the batch that they were, before any other, and have their rows written again
(``store.batch.Plan`` says in which order).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Final, Protocol

from nlp import hashtags
from posts.errors import StoreBusy, StoreReadOnly, StoreUnreachable
from posts.post import Post
from store.accounts import account_snapshots
from store.batch import Plan, plan
from store.committing import Committing, Outcome
from store.compile import Key
from store.deepening import STEP, Deepener, Deepening, told_cut
from store.journal import append
from store.loading import SpoolFile, answer, collector_paused, counts_of, load, payload_of, taken_letters
from store.matching import Matching
from store.protocol import Store
from store.saved import SavedQuery
from store.spool import MAX_POSTS, Spool
from store.state import State
from store.tombs import living, living_profiles

Progress = Callable[[int, int], None]
"""Called with the posts taken so far and the estimate of all that there are."""

_NOTE: Final = "intake.batch"
_IDS_AT_ONCE: Final = 2_000
_MOVED_AT_ONCE: Final = 200


class Annotator(Protocol):
    """What reads posts when they are taken in (``nlp.pipeline.Pipeline``)."""

    def extract(self, posts: Iterable[Post]) -> Iterator[Post]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeReport:
    """What intake did.

    ``taken`` posts stand in the store, ``new`` of them for the first time, and so do ``profiles``;
    ``refused`` lie in the dead letters; ``dropped`` have a tombstone or are past their time. ``stopped``
    says why it ended before the spool was empty.
    """

    taken: int = 0
    profiles: int = 0
    new: int = 0
    refused: int = 0
    dropped: int = 0
    files: int = 0
    stopped: str = ""

    def __add__(self, other: IntakeReport) -> IntakeReport:
        return IntakeReport(
            taken=self.taken + other.taken,
            profiles=self.profiles + other.profiles,
            new=self.new + other.new,
            refused=self.refused + other.refused,
            dropped=self.dropped + other.dropped,
            files=self.files + other.files,
            stopped=self.stopped or other.stopped,
        )


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Be the only writer of the project in ``folder``; ``StoreBusy`` names the process that is.

    The lock ends with the process, however that ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "intake.lock"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = file.read(32).strip() or "another process"
            raise StoreBusy(f"is being written to by process {holder}", subject=str(folder)) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


class Intake:
    """Takes posts from ``spool`` into ``store``; ``now`` gives the moment.

    ``journal`` is a file that gets the id of every post once it is committed, one a line. Small files
    are committed together up to ``batch_posts``. ``keeps`` says which posts are not past their time;
    ``topics`` are matched beside the saved queries; ``zone`` is where days begin in them, ``key`` the family
    of a hashtag. ``deepener`` is what posts are read with a second time (``deepen``).
    """

    def __init__(
        self,
        store: Store,
        state: State,
        spool: Spool,
        pipeline: Annotator,
        *,
        deepener: Deepener | None = None,
        journal: Path | None = None,
        now: Callable[[], datetime],
        batch_posts: int = MAX_POSTS,
        topics: Sequence[SavedQuery] = (),
        zone: tzinfo = UTC,
        key: Key = hashtags.key,
        keeps: Callable[[Post], bool] = lambda post: True,
    ) -> None:
        self._store = store
        self._keeps = keeps
        self._state = state
        self._spool = spool
        self._pipeline = pipeline
        self._journal = journal
        self._now = now
        self._batch_posts = batch_posts
        self._matching = Matching(store, state, topics=topics, zone=zone, key=key)
        self._committing = Committing(store, self._matching, now=now)
        self._deepening = (
            None if deepener is None else Deepening(store, state, deepener, self._committing, now=now)
        )
        note = json.loads(state.note(_NOTE) or "{}")
        self._in_hand: set[str] = set(note.get("in_hand", ()))
        self._begun = frozenset(note.get("new", ()))
        self._done: set[str] = set(note.get("done", ()))

    @property
    def has_work(self) -> bool:
        """Whether files wait, or saved queries that are to be back-filled or cleared away."""
        return bool(self._spool.files()) or self._matching.waits

    def run(self, progress: Progress | None = None) -> IntakeReport:
        """Take files until the spool is empty, or the engine is in trouble (``stopped``)."""
        try:
            self._matching.do_chores(now=self._now())
        except (StoreUnreachable, StoreReadOnly, StoreBusy) as error:
            return IntakeReport(stopped=str(error))
        self._spool.sweep()
        for path in self._spool.files():
            if path.name in self._done:
                self._spool.remove(path)
        report = IntakeReport()
        while files := self._spool.files():
            sizes = {path: _size(path) for path in files}
            waiting = max(1, sum(sizes.values()))
            begun, passed = report.taken, 0
            for batch in self._batches(files):
                part = self._take_or_stop(batch)
                report = report + part
                if report.stopped:
                    return report
                passed += sum(sizes[file.path] for file in batch)
                if progress is not None:
                    rest = (report.taken - begun) * (waiting - passed) // max(1, passed)
                    progress(report.taken, report.taken + rest)
        self._store.refresh()
        return report

    def deepen(self, limit: int = STEP) -> int:
        """Read up to so many stored posts a second time; how many, 0 where none waits."""
        return 0 if self._deepening is None else self._deepening.step(limit)

    def waiting(self) -> int:
        """How many stored posts wait to be read a second time."""
        return 0 if self._deepening is None else self._deepening.waiting()

    def _take_or_stop(self, batch: Sequence[SpoolFile]) -> IntakeReport:
        try:
            return self._take(batch)
        except (StoreUnreachable, StoreReadOnly, StoreBusy) as error:
            return IntakeReport(stopped=str(error))

    # reading

    def _batches(self, files: Sequence[Path]) -> Iterator[list[SpoolFile]]:
        """Files together up to ``batch_posts``: small ones share a commit. First those in hand, as they were.

        A post that comes again in other company could be written otherwise than the rows that the first
        attempt has left behind.
        """
        held = [path for path in files if path.name in self._in_hand]
        if begun := [file for path in held if (file := self._load(path)) is not None]:
            yield begun
        batch: list[SpoolFile] = []
        posts = 0
        for path in files:
            file = None if path in held else self._load(path)
            if file is None:
                continue
            if batch and posts + len(file.posts) > self._batch_posts:
                yield batch
                batch, posts = [], 0
            batch.append(file)
            posts += len(file.posts)
        if batch:
            yield batch

    def _load(self, path: Path) -> SpoolFile | None:
        """What a file holds; ``None`` if it was buried."""
        with collector_paused():
            return load(self._spool, self._state, path, now=self._now())

    # taking

    @collector_paused()
    def _take(self, batch: Sequence[SpoolFile]) -> IntakeReport:
        again = not self._in_hand.isdisjoint(file.path.name for file in batch)
        kept = [post for file in batch for post in file.posts if self._keeps(post)]
        copies, dropped = living(self._state, kept)
        dropped += sum(len(file.posts) for file in batch) - len(kept)
        told = [profile for file in batch for profile in file.profiles]
        profiles = living_profiles(self._state, told)
        dropped += len(told) - len(profiles)
        outcome = Outcome()
        made = Plan()
        if copies or profiles:
            self._store.refresh("posts")
            begun = self._begun if again else frozenset()
            made = plan(
                self._store,
                copies,
                lambda posts: self._annotate(posts, outcome),
                again=again,
                begun=begun,
            )
            self._hold(batch, begun.union(made.first_seen))
            self._committing.commit(made, copies, outcome)
            if self._deepening is not None:
                self._deepening.wake()
            seen = (copy for group in copies.values() for copy in group)
            snapshots = account_snapshots(self._store, seen, profiles, again=again)
            self._committing.write("accounts", snapshots, outcome)
        if outcome.letters:
            letters = answer(self._state, batch, outcome.letters, at=self._now())
            self._state.bury_all(letters, at=self._now())
        if outcome.retry:
            return IntakeReport(stopped=outcome.retry[0])
        new = [post_id for post_id in made.first_seen if post_id not in outcome.refused_posts]
        if self._journal is not None:
            committed = (post_id for post_id in copies if post_id not in outcome.refused_posts)
            append(self._journal, committed if again else new)
        self._finish(batch, new, copies, outcome, made.deleted)
        refused = sum(sum(file.refused.values()) for file in batch) + len(outcome.refused_posts)
        taken = sum(len(group) for key, group in copies.items() if key not in outcome.refused_posts)
        return IntakeReport(
            taken=taken, profiles=len(profiles), new=len(new), refused=refused, dropped=dropped,
            files=len(batch),
        )  # fmt: skip

    def _annotate(self, posts: Sequence[Post], outcome: Outcome) -> Mapping[str, Post]:
        """The posts with what was read in them, by id; one that breaks a reader is a dead letter."""
        read: list[Post] = []
        try:
            read.extend(self._pipeline.extract(posts))
        except Exception:  # noqa: BLE001  the wall to models of others: one text must not stop the rest
            read.clear()
            for post in posts:
                try:
                    read.extend(self._pipeline.extract([post]))
                except Exception as error:  # noqa: BLE001  as above
                    reason = f"cannot be read: {type(error).__name__}: {error}"
                    outcome.letters.append((post.source, post.id, reason, payload_of(post)))
                    outcome.refused_posts.add(post.id)
        return {post.id: told_cut(post) for post in read}

    # writing

    def _hold(self, batch: Sequence[SpoolFile], new: frozenset[str]) -> None:
        """Note the batch that is about to be written, and the posts that are new in it."""
        self._in_hand, self._begun = {file.path.name for file in batch}, new
        note = {"in_hand": sorted(self._in_hand), "new": sorted(new)}
        self._state.set_note(_NOTE, json.dumps(note))

    def _finish(
        self,
        batch: Sequence[SpoolFile],
        new: Sequence[str],
        copies: Mapping[str, Sequence[Post]],
        outcome: Outcome,
        deleted: Sequence[str],
    ) -> None:
        """Count for the runs, bar what is deleted and note the files as done in one step; remove them."""
        counts = counts_of(batch, set(new), outcome.refused_posts & copies.keys())
        names = {file.path.name for file in batch}
        if letters := taken_letters(batch, outcome.refused_posts):
            self._state.drop_dead_letters(letters)
        note = {_NOTE: json.dumps({"done": sorted(names)})}
        self._state.settle(counts, note, entombed=deleted, at=self._now())
        self._in_hand, self._begun = set(), frozenset()
        for file in batch:
            self._spool.remove(file.path)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
