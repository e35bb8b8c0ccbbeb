"""Intake over a store that breaks or refuses: nothing is lost, nothing is there twice.

``test_breaking_at_any_step…`` breaks it at call 1, 2, 3 … of the engine, the state and the spool, and holds
what stands there after the next run to what stands there when nothing broke.
"""

import contextlib
import itertools
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from elasticsearch import Elasticsearch

from posts.errors import StoreUnreachable
from posts.post import Author, Mentioned, Metrics, Post
from posts.profile import Profile
from posts.selection import Selection
from store import open_store
from store.intake import Intake
from store.mapping import COLLECTIONS
from store.protocol import Store, StoreSettings

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
ALL = {"match_all": {}}
BATCH = 11
"""With it the story is taken in three batches of two files."""
OTHERWISE = (3, 100)
"""Sizes of batches afterwards: each file by itself, all together."""
RUNS = ("r1", "r2", "r3")
# Saved queries, whose matches must be there once too.
SAVED = (
    "#one",
    "#three",
    "#four",
    "#seven",
    "#gone OR #twelve",
    "is:reply -#more",
    "since:2026-10-01",
    "likes:>4",
)
MATCHED = {
    *(("saved:1", post) for post in "1"),
    *(("saved:2", post) for post in "1"),
    *(("saved:3", post) for post in "4"),
    *(("saved:4", post) for post in "7"),
    *(("saved:6", post) for post in ("2", "7", "15")),
    *(("saved:7", post) for post in ("1", "2", "4", "5", "7", "9", "10", "11", "14", "15")),
    *(("saved:8", post) for post in "17"),
}
"""Query and post of all matches in the end: what an edit takes away stays, what is deleted goes."""
Build = Callable[..., Post]
How = Literal["killed", "torn", "unreachable"]


class Killed(BaseException):
    """The process ends here."""


class Breaks:
    """Counts calls and breaks at the n-th: before it (killed), in its midst (torn), or as a network does."""

    def __init__(self, at: int, how: How) -> None:
        self._left = at
        self._how = how
        self.broke = False
        self.noted = 0
        self.done = 0

    @property
    def batches(self) -> int:
        """How many batches were begun; the last of them may not be at its end."""
        return max(self.noted, self.done)

    def call(self, name: str, act: Callable[[], Any], part: Callable[[], Any] | None) -> Any:
        # Only a write can be done in part.
        self._left -= self._how != "torn" or part is not None
        if self._left:
            self.noted += name == "set_note"
            self.done += name == "settle"
            return act()
        self.broke = True
        if self._how != "killed" and part is not None:
            part()
        raise StoreUnreachable("gone") if self._how == "unreachable" else Killed

    def around(self, thing: Any, *names: str) -> Any:
        return _Counted(thing, self, names)


class _Counted:
    """A thing with the calls of these names counted."""

    def __init__(self, thing: Any, breaks: Breaks, names: Sequence[str]) -> None:
        self._thing = thing
        self._breaks = breaks
        self._names = names

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._thing, name)
        if name not in self._names:
            return method

        def counted(*values: Any, **options: Any) -> Any:
            def part() -> None:
                collection, documents = values
                method(collection, documents[: len(documents) // 2], **options)

            return self._breaks.call(
                name, lambda: method(*values, **options), part if name == "write" else None
            )

        return counted


def build_story(build_post: Build) -> list[tuple[str, list[Post]]]:
    """Files in which posts are new, come again, change, wait for others, move and are deleted."""
    named = (Mentioned(key="x:h:a"),)
    minute = timedelta(minutes=1)

    def nima(followers: int) -> Author:
        return Author(key="x:h:nima", handle="nima", followers=followers)

    first = [
        build_post(1, text="#one", mentioned=named, aliases=("x:server:1",), metrics=Metrics(likes=1)),
        build_post(2, text="#two", reply_to="x:server:9", by="reza"),
        build_post(3, text="#gone", mentioned=named, metrics=Metrics(likes=9)),
        build_post(4, text="#four", mentioned=named),
        build_post(5, by="omid", repost_of="x:server:1"),
        build_post(6, text="#six", by="omid", quote_of="x:server:11", mentioned=named),
    ]
    # The same posts again, counted anew: in one batch with the first copies, or after them.
    second = [
        build_post(1, 3, text="#one", mentioned=named, aliases=("x:server:1",), metrics=Metrics(likes=4)),
        build_post(7, 5, text="#seven", reply_to="x:h:2", author=nima(10), metrics=Metrics(likes=5)),
        build_post(10, author=None),
    ]
    third = [
        build_post(1, 9, text="#one #three", mentioned=named, edited_at=AT, metrics=Metrics(likes=6)),
        build_post(3, 9, deleted_at=AT),
        build_post(4, 9, text="#four", mentioned=named, created_at=AT - timedelta(days=40)),
        build_post(9, text="#nine", aliases=("x:server:9",), by="omid", metrics=Metrics()),
        build_post(9, 3, text="#nine", by="omid", metrics=Metrics(views=3)),
        build_post(2, 7, text="#two", reply_to="x:server:9", by="reza", metrics=Metrics(likes=2)),
        build_post(15, by="omid", reply_to="x:h:10"),
    ]
    # A copy from before the first one, one that cannot be read, and what the sixth post waits for.
    fourth = [
        build_post(13, text="break"),
        build_post(11, text="#eleven", aliases=("x:server:11",), by="leila"),
        build_post(7, 1, text="#seven", reply_to="x:h:2", author=nima(9), metrics=Metrics(likes=1)),
        build_post(7, 11, text="#seven", reply_to="x:h:2", author=nima(12), metrics=Metrics(likes=8)),
    ]
    # What was made before is taken back: a tag, a quoting post, a post that came only just now. And an author
    # is told whom an older post answers.
    fifth = [
        build_post(1, 12, text="#five", edited_at=AT + minute, metrics=Metrics(likes=9)),
        build_post(6, 20, deleted_at=AT),
        build_post(12, text="#twelve", by="leila", reply_to="x:server:9"),
        build_post(12, 1, deleted_at=AT),
        build_post(14, author=nima(8), repost_of="x:h:7"),
        build_post(4, 22, text="#four", metrics=Metrics(likes=3)),
        build_post(2, 21, text="#two #more", edited_at=AT, reply_to="x:h:9", by="reza"),
        build_post(10, 30, by="sara"),
    ]
    return [("r1", first), ("r1", second), ("r2", third), ("r2", fourth), ("r3", fifth), ("r3", [])]


def looked_at(minutes: int, followers: int | None, by: str = "nima", **parts: Any) -> Profile:
    at = AT + timedelta(minutes=minutes)
    return Profile(key=f"x:h:{by}", platform="x", source="s", at=at, handle=by, followers=followers, **parts)


PROFILES = {
    1: [looked_at(8, 10, following=3, posts=70), looked_at(0, None, by="leila", posts=4)],
    2: [looked_at(5, 10, posts=69)],
    5: [looked_at(3, 50, by="radio"), looked_at(30, 55, by="radio", posts=9)],
}
"""What the files tell of accounts beside their posts; the last file tells of nothing else."""


def end_of(project: Any) -> dict[str, Any]:
    """All that a project holds when its story is over."""
    project.store.refresh()
    collections = {
        name: sorted(json.dumps(document, sort_keys=True) for document in project.store.scan(name, ALL))
        for name in COLLECTIONS
    }
    return {
        **collections,
        "runs": {run.run_id: (run.new, run.refused) for run in project.state.runs()},
        "journal": set(project.journal.read_text().split()),
        "letters": {(letter.subject, letter.reason) for letter in project.state.dead_letters()},
        "tombstones": project.state.entombed([f"x:h:{number}" for number in range(20)]),
        "spool": project.spool.files(),
    }


class Story:
    """The story on an engine, told as often as one likes: each time in a store of its own."""

    def __init__(
        self,
        make: Callable[[Path, Store], Any],
        build_post: Build,
        settings: Callable[[int], StoreSettings],
        clear: Callable[[], None],
    ) -> None:
        self._make = make
        self._build_post = build_post
        self._settings = settings
        self._clear = clear
        self._numbers = itertools.count()
        self._whole: dict[tuple[int, int], dict[str, Any]] = {}

    def broken(self, breaks: Breaks, how: How, then: int) -> dict[str, Any]:
        """Its end when it broke, and went on in batches of another size."""
        project, settings = self._begun()
        store, state, spool = project.store, project.state, project.spool
        if how != "unreachable":
            state = breaks.around(state, "set_note", "settle", "bury_all")
            spool = breaks.around(spool, "remove")
        intake = self._intake(project, breaks.around(store, "write", "delete"), state, spool, BATCH)
        with contextlib.suppress(Killed):
            intake.run()
        if how == "unreachable":
            intake.run()
        else:
            project.store.close()
            project.store = open_store(settings)
        return self._ended(project, settings, then)

    def whole(self, batches: int, then: int) -> dict[str, Any]:
        """Its end when nothing broke, and so many batches were taken before their size changed."""
        if (batches, then) not in self._whole:
            project, settings = self._begun()
            rest = iter(range(batches - 1))

            def enough(_done: int, _of: int) -> None:
                if next(rest, None) is None:
                    raise Killed

            if batches:
                with contextlib.suppress(Killed):
                    self._intake(project, project.store, project.state, project.spool, BATCH).run(enough)
            self._whole[batches, then] = self._ended(project, settings, then)
        return self._whole[batches, then]

    def _begun(self) -> tuple[Any, StoreSettings]:
        settings = self._settings(next(self._numbers))
        project = self._make(settings.folder.parent, open_store(settings))
        for typed in SAVED:
            project.saved.save(typed, Selection(query=typed), at=AT)
        for run in RUNS:
            project.state.begin_run(run, job=run, due_at=AT, started_at=AT)
        for place, (run, posts) in enumerate(build_story(self._build_post)):
            project.spool.write(posts, source="s", run_id=run, profiles=PROFILES.get(place, ()))
        return project, settings

    def _intake(self, project: Any, store: Any, state: Any, spool: Any, size: int) -> Intake:
        intake = project.intake(store)
        intake._state, intake._spool, intake._batch_posts = state, spool, size
        return intake  # type: ignore[no-any-return]

    def _ended(self, project: Any, settings: StoreSettings, then: int) -> dict[str, Any]:
        self._intake(project, project.store, project.state, project.spool, then).run()
        end = end_of(project)
        project.store.close()
        self._clear()
        shutil.rmtree(settings.folder.parent)
        return end


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where the system has one: what is told here is synced to the disk 10,000 times."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or shutil.disk_usage(memory).free < 50_000_000:
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="rasad-", dir=memory) as folder:
        yield Path(folder)


@pytest.fixture
def embedded_story(quick: Path, make_project: Any, build_post: Build) -> Story:
    """The story in folders."""
    return Story(
        make_project,
        build_post,
        lambda number: StoreSettings(folder=quick / str(number) / "index"),
        lambda: None,
    )


@pytest.fixture
def elasticsearch_story(
    quick: Path, make_project: Any, build_post: Build, elasticsearch_settings: StoreSettings
) -> Iterator[Story]:
    """The story in an Elasticsearch, which is emptied each time."""
    url, prefix = elasticsearch_settings.url, elasticsearch_settings.prefix
    assert url is not None

    def settings(number: int) -> StoreSettings:
        return StoreSettings(folder=quick / str(number) / "index", url=url, prefix=prefix)

    with Elasticsearch(url) as client:

        def clear() -> None:
            client.indices.delete(index=list(client.indices.get_alias(index=f"{prefix}-*").body))

        yield Story(make_project, build_post, settings, clear)


def break_at(story: Story, how: How, step: int, then: int) -> bool:
    """Break at a call, hold the end to that of a run that nothing broke; ``False`` if it was not reached."""
    breaks = Breaks(step, how)
    end = story.broken(breaks, how, then)

    assert end == story.whole(breaks.batches, then), f"{how} at call {step}, then {then} posts at once"
    return breaks.broke


def break_everywhere(story: Story, how: How, thens: Sequence[int]) -> int:
    """Break at call 1, 2, 3 … until a run passes untouched; how many calls there are."""
    step = 1
    while break_at(story, how, step, thens[step % len(thens)]):
        step += 1
    return step - 1


@pytest.mark.parametrize(("how", "calls"), [("killed", 33), ("unreachable", 20)])
def test_breaking_at_any_step_loses_and_doubles_nothing(embedded_story: Story, how: How, calls: int) -> None:
    """Whatever had been written, and in whatever batches it goes on: the end is the same."""
    assert break_everywhere(embedded_story, how, [BATCH] if how == "unreachable" else OTHERWISE) >= calls


@pytest.mark.es
@pytest.mark.parametrize("step", [2, 8, 9])
def test_breaking_in_elasticsearch_loses_and_doubles_nothing(elasticsearch_story: Story, step: int) -> None:
    """The same where a month is an index and a write may be done in part: all the rest in one batch."""
    assert break_at(elasticsearch_story, "torn", step, 100)


@pytest.mark.soak
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("then", [BATCH, *OTHERWISE])
@pytest.mark.parametrize("how", ["killed", "torn"])
@pytest.mark.parametrize("engine", ["embedded", pytest.param("elasticsearch", marks=pytest.mark.es)])
def test_breaking_at_every_step_in_every_way(
    request: pytest.FixtureRequest, engine: str, how: How, then: int
) -> None:
    """The same at each call, on both engines, with each size of batches afterwards."""
    assert break_everywhere(request.getfixturevalue(f"{engine}_story"), how, [then]) >= 14


@pytest.mark.parametrize("size", [1, 3, 100])
def test_borders_of_batches_do_not_matter(embedded_story: Story, size: int) -> None:
    """However the files are batched, the same posts, edges and uses stand there; of counts, each snapshot."""
    whole, other = embedded_story.whole(0, BATCH), embedded_story.whole(0, size)
    kept = ("posts", "edges", "uses", "accounts", "runs", "journal", "letters", "tombstones")
    counted = [
        {(row["id"], row.get("likes")) for row in map(json.loads, end["metrics"])} for end in (whole, other)
    ]

    assert {name: other[name] for name in kept} == {name: whole[name] for name in kept}
    assert counted[0] == counted[1]
    gains = [
        (row["followers"], row.get("d_followers", 0), row.get("posts"))
        for row in sorted(map(json.loads, whole["accounts"]), key=lambda row: (row["author"], row["at"]))
    ]
    nima = [(8, 0, None), (9, 1, None), (10, 1, 69), (10, 0, 70), (12, 2, None)]
    assert gains == [*nima, (50, 0, None), (55, 5, 9)]
    assert {row["id"] for row in map(json.loads, whole["edges"])} >= {"x:h:2>reply", "x:h:15>reply"}
    assert whole["runs"] == {"r1": (8, 0), "r2": (3, 1), "r3": (2, 0)}
    assert {(row["query"], row["post_id"][4:]) for row in map(json.loads, whole["matches"])} == MATCHED
