"""From the spool into the store: what is written, and that nothing is lost or doubled."""

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from nlp import hashtags
from nlp.fold import tokens
from posts.errors import StoreBusy, StoreUnreachable
from posts.post import Annotations, Author, Mentioned, Metrics, Post, decode
from store import open_store
from store.intake import Intake, IntakeReport, writer_lock
from store.protocol import Refusal, Store, StoreSettings, Written
from store.spool import Spool
from store.state import State

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
NOW = AT + timedelta(days=1)
ALL = {"match_all": {}}
COLLECTIONS = ("posts", "edges", "uses", "metrics")


class Reader:
    """Reads words and hashtags; breaks on the text ``"break"``."""

    def annotate(self, posts: Iterable[Post]) -> Iterator[Post]:
        for post in posts:
            if post.text == "break":
                raise IndexError("a model stumbled")
            read = Annotations(
                tokens=tuple(tokens(post.text)), hashtags=tuple(hashtags.find(post.text)), language="en"
            )
            yield replace(post, annotations=read)


class Project:
    """A spool, a state and a journal around a store."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.store = store
        self.spool = Spool(folder / "spool")
        self.state = State(folder / "state.sqlite")
        self.journal = folder / "journal"

    def intake(self, store: Store | None = None) -> Intake:
        return Intake(
            store or self.store, self.state, self.spool, Reader(), journal=self.journal, now=lambda: NOW
        )

    def take(self, *posts: Post, run_id: str | None = None) -> IntakeReport:
        self.spool.write(posts, source="s", run_id=run_id)
        return self.intake().run()

    def documents(self, collection: str = "posts") -> dict[str, dict[str, Any]]:
        self.store.refresh()
        return {document["id"]: document for document in self.store.scan(collection, ALL)}

    def post(self, number: int | str) -> Post:
        return decode(self.documents()[f"x:h:{number}"]["post"])

    def ids(self, collection: str) -> set[str]:
        return set(self.documents(collection))


@pytest.fixture
def project(tmp_path: Path, store: Store) -> Iterator[Project]:
    made = Project(tmp_path / "project", store)
    yield made
    made.state.close()


def build_post(number: int | str, minutes: int = 0, *, by: str = "sara", **parts: Any) -> Post:
    values: dict[str, Any] = {
        "id": f"x:h:{number}",
        "platform": "x",
        "kind": "text",
        "source": "s",
        "created_at": AT,
        "collected_at": AT + timedelta(minutes=minutes),
        "author": Author(key=f"x:h:{by}", handle=by),
    }
    return Post(**{**values, **parts})


def test_a_post_becomes_its_documents(project: Project) -> None:
    """A post is stored with an edge for each it names, a use for each tag, and its counts."""
    post = build_post(
        1,
        text="What? #هوش_مصنوعی and #AI, #ai",  # هوش مصنوعی: artificial intelligence
        mentioned=(Mentioned(key="x:h:ali", handle="Ali"), Mentioned(key="x:h:ali")),
        metrics=Metrics(likes=3),
        reply_to="x:h:0",
        reply_to_author="x:h:omid",
    )

    report = project.take(post)

    assert report == IntakeReport(taken=1, new=1, files=1)
    stored = project.documents()["x:h:1"]
    assert stored["hashtags"] == [hashtags.key("هوش مصنوعی"), "ai"]
    assert stored["is"] == ["reply", "question"]
    assert stored["mentions"] == ["x:h:ali"]
    assert stored["handles"] == ["ali"]
    assert stored["unresolved"] == ["x:h:0"]
    assert stored["likes"] == 3
    assert stored["hour"] == int(AT.timestamp()) // 3600
    assert project.post(1).first_seen_at == AT
    edges = {
        (edge["kind"], edge["kind_n"], edge["src"], edge["dst"])
        for edge in project.documents("edges").values()
    }
    assert edges == {("mention", 3, "x:h:sara", "x:h:ali"), ("reply", 2, "x:h:sara", "x:h:omid")}
    assert {use["written"] for use in project.documents("uses").values()} == {"هوش_مصنوعی", "AI"}
    assert project.ids("metrics") == {f"x:h:1@{int(AT.timestamp())}"}
    assert project.journal.read_text() == "x:h:1\n"
    assert project.spool.files() == []


def test_a_file_that_comes_again_changes_nothing(project: Project) -> None:
    """The same file taken twice leaves the same documents and is told as nothing new."""
    posts = [
        build_post(n, text="#AI", mentioned=(Mentioned(key="x:h:a"),), metrics=Metrics(likes=n))
        for n in range(5)
    ]
    project.take(*posts)
    before = {name: project.documents(name) for name in COLLECTIONS}

    report = project.take(*posts)

    assert (report.taken, report.new) == (5, 0)
    assert {name: project.documents(name) for name in COLLECTIONS} == before
    assert len(project.journal.read_text().split()) == 5


CHILD = build_post(1, reply_to="x:server:7", repost_of="x:other:8", by="ali")
PARENT = build_post(7, aliases=("x:server:7", "x:other:8"), by="omid")


@pytest.mark.parametrize(
    "batches",
    [
        pytest.param([[CHILD, PARENT]], id="together"),
        pytest.param([[PARENT], [CHILD]], id="parent first"),
        pytest.param([[CHILD], [PARENT]], id="parent later"),
        pytest.param(
            [[CHILD], [PARENT], [replace(CHILD, collected_at=NOW)]], id="child again with its alias"
        ),
        pytest.param([[CHILD], [replace(PARENT, aliases=())], [PARENT]], id="the alias later still"),
    ],
)
def test_an_alias_leads_to_its_post(project: Project, batches: list[list[Post]]) -> None:
    """Whichever comes first, the reference ends at the parent's id, with its author and its edges."""
    for batch in batches:
        project.take(*batch)

    child = project.post(1)
    assert (child.reply_to, child.reply_to_author) == ("x:h:7", "x:h:omid")
    assert (child.repost_of, child.repost_of_author) == ("x:h:7", "x:h:omid")
    assert "unresolved" not in project.documents()["x:h:1"]
    edges = project.documents("edges").values()
    assert {(edge["kind"], edge["src"], edge["dst"], edge["target"]) for edge in edges} == {
        ("reply", "x:h:ali", "x:h:omid", "x:h:7"),
        ("repost", "x:h:ali", "x:h:omid", "x:h:7"),
    }


def test_an_edit_takes_away_what_no_longer_stands_there(project: Project) -> None:
    """Uses and edges of the old writing go, those of both stay."""
    project.take(build_post(1, text="#old #both", mentioned=(Mentioned(key="x:h:a"),)))

    project.take(build_post(1, 5, text="#new #both", edited_at=AT + timedelta(minutes=4)))

    assert project.ids("uses") == {"x:h:1#both", "x:h:1#new"}
    assert project.ids("edges") == set()
    assert project.documents()["x:h:1"]["is"] == ["edited"]


def test_two_servers_show_one_post(project: Project) -> None:
    """Copies of one post in one file and in two are one document with both sources."""
    project.take(
        build_post(1, 1, source="b", aliases=("x:b:1",)), build_post(1, 2, source="c", aliases=("x:c:1",))
    )

    project.take(build_post(1, 0, source="d", metrics=Metrics(likes=1)))

    post = project.post(1)
    assert (post.source, post.also_in, post.aliases) == ("d", ("b", "c"), ("x:b:1", "x:c:1"))
    assert project.store.count("posts", ALL) == 1


def test_a_deletion_takes_all_of_a_post_and_it_stays_away(project: Project) -> None:
    """Text, edges, uses and counts go; a later copy is dropped, for the post has a tombstone."""
    said = build_post(1, text="#secret", mentioned=(Mentioned(key="x:h:a"),), metrics=Metrics(likes=1))
    project.take(said)

    project.take(build_post(1, 5, deleted_at=AT + timedelta(minutes=5)))
    report = project.take(replace(said, collected_at=NOW))

    assert report == IntakeReport(dropped=1, files=1)
    assert project.post(1).text == ""
    assert project.documents()["x:h:1"]["is"] == ["deleted"]
    assert [project.ids(name) for name in ("edges", "uses", "metrics")] == [set(), set(), set()]


def test_counts_make_a_history_with_gains(project: Project) -> None:
    """A snapshot for the first sight and for each change, with what was gained since the last."""
    project.take(
        build_post(1, 0, metrics=Metrics(likes=1, shares=4)),
        build_post(1, 2, metrics=Metrics(likes=1, shares=4)),
    )
    project.take(build_post(1, 10, metrics=Metrics(likes=5)), build_post(1, 12, metrics=Metrics(likes=4)))
    project.take(build_post(1, 15, metrics=Metrics(likes=4)))

    found = sorted(project.documents("metrics").values(), key=lambda snapshot: snapshot["at"])
    assert [(s["likes"], s.get("shares"), s.get("d_likes"), s.get("dt_s")) for s in found] == [
        (1, 4, None, None),
        (5, None, 4, 480),
        (4, None, -1, 120),
    ]
    assert project.post(1).metrics == Metrics(likes=4)


def test_what_cannot_be_taken_is_buried_with_its_reason(project: Project) -> None:
    """Bad dates, texts that break a reader and torn files are dead letters; the rest is taken."""
    project.spool.write(
        [
            build_post(1),
            build_post(2, created_at=datetime(1970, 1, 21, tzinfo=UTC)),
            build_post(3, text="break"),
        ],
        source="s",
    )
    torn = project.spool.write([build_post(4, text="a" * n) for n in range(300)], source="s")
    torn.write_bytes(torn.read_bytes()[:-200])
    broken = project.spool.write([build_post(5)], source="s")
    broken.write_bytes(b"rubbish")

    report = project.intake().run()

    assert report.stopped == ""
    assert {"x:h:1", "x:h:4"} == project.ids("posts")
    letters = {letter.subject: letter.reason for letter in project.state.dead_letters()}
    assert letters["x:h:2"].startswith("created_at: 1970-01-21")
    assert letters["x:h:3"] == "cannot be read: IndexError: a model stumbled"
    assert any(subject.startswith(torn.name + ":") for subject in letters)
    assert str(project.spool.folder / "damaged" / broken.name) in letters
    assert project.spool.files() == []


def test_small_files_share_a_commit(project: Project) -> None:
    """Fifty files of one post each are one step."""
    for number in range(50):
        project.spool.write([build_post(number)], source="s")
    steps: list[tuple[int, int]] = []

    report = project.intake().run(lambda taken, total: steps.append((taken, total)))

    assert steps == [(50, 50)]
    assert (report.taken, report.files) == (50, 50)


def test_a_run_learns_what_was_new_and_refused(project: Project) -> None:
    """Counts of the run grow by what intake found; a run that brought nothing has 0 new."""
    for run_id in ("r1", "r2", "r3"):
        project.state.begin_run(run_id, job=run_id, due_at=AT, started_at=AT)
    project.take(
        build_post(1, run_id="r1"), build_post(2, run_id="r1", created_at=datetime(1990, 1, 1, tzinfo=UTC))
    )
    project.take(build_post(1, 5, run_id="r2"), build_post(3, run_id="r2"), run_id="r2")
    project.take(run_id="r3")

    counted = {run.run_id: (run.new, run.refused) for run in project.state.runs()}
    assert counted == {"r1": (1, 1), "r2": (1, 0), "r3": (0, 0)}


def test_a_wall_of_tags_is_capped(project: Project) -> None:
    """Thirty tags of a post count, each by at most 100 characters."""
    text = "#" + "a" * 300 + " " + " ".join(f"#t{n}" for n in range(100))

    project.take(build_post(1, text=text))

    assert len(project.ids("uses")) == 30
    assert "a" * 100 in project.documents()["x:h:1"]["hashtags"]


def test_a_book_is_cut_with_a_mark(project: Project) -> None:
    """A text over 100,000 characters is cut, and its annotations say so."""
    project.take(build_post(1, text="کتاب " * 30_000))  # book

    post = project.post(1)
    assert len(post.text) == 100_000
    assert post.annotations is not None
    assert post.annotations.versions["cut"] == "100000 characters"


def test_a_post_dated_earlier_stays_one(project: Project) -> None:
    """A copy that dates a post into another month moves it, its edges and uses."""
    named = (Mentioned(key="x:h:a"),)
    project.take(build_post(1, text="#AI", mentioned=named))
    earlier = AT - timedelta(days=40)

    project.take(build_post(1, 5, text="#AI", mentioned=named, created_at=earlier))

    for collection in ("posts", "edges", "uses"):
        assert [d["created_at"] for d in project.documents(collection).values()] == ["2026-09-22T12:00:00Z"]
        assert project.store.count(collection, ALL) == 1


def test_a_torn_line_of_the_journal_is_taken_back(project: Project) -> None:
    """What a crash left of a line is no id, and does not spoil the next."""
    project.journal.write_text("x:h:0\nx:h")

    project.take(build_post(1))

    assert project.journal.read_text() == "x:h:0\nx:h:1\n"


def test_only_one_writer(tmp_path: Path) -> None:
    """The second is told who holds the lock, and gets it when the first is done."""
    with writer_lock(tmp_path), pytest.raises(StoreBusy, match=r"process [0-9]+"), writer_lock(tmp_path):
        pass
    with writer_lock(tmp_path):
        pass


class Failing:
    """A store that breaks at its n-th write or deletion, before or after doing it."""

    def __init__(self, store: Store, at: int, error: BaseException, *, after: bool) -> None:
        self._store = store
        self._left = at
        self._error = error
        self._after = after
        self.broke = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def write(self, collection: Any, documents: Any, *, fresh: bool = False) -> Written:
        return self._do(lambda: self._store.write(collection, documents, fresh=fresh))

    def delete(self, collection: Any, query: Any) -> int:
        return self._do(lambda: self._store.delete(collection, query))

    def _do(self, act: Callable[[], Any]) -> Any:
        self._left -= 1
        if self._left:
            return act()
        self.broke = True
        if self._after:
            act()
        raise self._error


def build_story() -> list[list[Post]]:
    """Files in which posts are new, come again, change, wait for parents, move and are deleted."""
    named = (Mentioned(key="x:h:a"),)
    return [
        [
            build_post(1, text="#one #two", mentioned=named, metrics=Metrics(likes=1), run_id="r1"),
            build_post(2, text="#two", reply_to="x:server:9", run_id="r1"),
            build_post(3, text="#gone", metrics=Metrics(likes=9), run_id="r1"),
            build_post(4, text="#four", mentioned=named, run_id="r1"),
        ],
        [
            build_post(1, 9, text="#one #three", edited_at=AT, metrics=Metrics(likes=4), run_id="r2"),
            build_post(3, 9, deleted_at=AT, run_id="r2"),
            build_post(4, 9, text="#four", mentioned=named, created_at=AT - timedelta(days=40), run_id="r2"),
            build_post(9, text="#nine", aliases=("x:server:9",), by="omid", metrics=Metrics(), run_id="r2"),
            build_post(9, 3, text="#nine", by="omid", metrics=Metrics(views=3), run_id="r2"),
        ],
    ]


def contents(store: Store) -> dict[str, list[str]]:
    store.refresh()
    return {
        name: sorted(json.dumps(document, sort_keys=True) for document in store.scan(name, ALL))
        for name in COLLECTIONS
    }


def live(folder: Path, breaking: int, step: int, error: BaseException, *, after: bool) -> tuple[bool, Any]:
    """Whether the story broke at a step of one of its files, and its end after another run."""
    project = Project(folder, open_store(StoreSettings(folder=folder / "index")))
    broke = False
    for number, posts in enumerate(build_story(), 1):
        project.state.begin_run(f"r{number}", job=str(number), due_at=AT, started_at=AT)
        failing = Failing(project.store, step if number == breaking else 0, error, after=after)
        project.spool.write(posts, source="s", run_id=f"r{number}")
        with contextlib.suppress(KeyboardInterrupt):
            project.intake(failing).run()
        if failing.broke:
            broke = True
            project.intake().run()
    end = {
        **contents(project.store),
        "runs": {run.run_id: (run.new, run.refused) for run in project.state.runs()},
        "journal": set(project.journal.read_text().split()),
    }
    project.state.close()
    project.store.close()
    return broke, end


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    "error", [StoreUnreachable("gone"), KeyboardInterrupt()], ids=["unreachable", "killed"]
)
@pytest.mark.parametrize("breaking", [1, 2], ids=["new posts", "known posts"])
def test_breaking_at_any_step_loses_and_doubles_nothing(
    tmp_path: Path, breaking: int, error: BaseException, after: bool
) -> None:
    """Break at write 1, 2, 3 … until a run passes untouched: the next run always ends in the same store."""
    _, wanted = live(tmp_path / "whole", breaking, 0, error, after=after)
    step, broke = 0, True
    while broke:
        step += 1
        broke, end = live(tmp_path / str(step), breaking, step, error, after=after)

        assert end == wanted, f"after a break at write {step}"

    assert wanted["runs"] == {"r1": (4, 0), "r2": (1, 0)}
    assert wanted["journal"] == {f"x:h:{number}" for number in (1, 2, 3, 4, 9)}
    assert step > 4


class Refusing:
    """A store that does not take documents of some ids, for good or for now."""

    def __init__(self, store: Store, ids: Sequence[str], *, retry: bool) -> None:
        self._store = store
        self._ids = ids
        self._retry = retry

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def write(self, collection: Any, documents: Any, *, fresh: bool = False) -> Written:
        taken = [document for document in documents if document["id"] not in self._ids]
        written = self._store.write(collection, taken, fresh=fresh)
        refused = tuple(
            Refusal(id=document["id"], reason="no", retry=self._retry)
            for document in documents
            if document["id"] in self._ids
        )
        return Written(ok=written.ok, refused=refused)


def test_what_the_engine_refuses_is_a_dead_letter(project: Project) -> None:
    """One post refused for good is buried with its content, and has no rows; the others are taken."""
    project.spool.write([build_post(1, text="#a"), build_post(2, text="#b")], source="s")

    report = project.intake(Refusing(project.store, ["x:h:1"], retry=False)).run()

    assert (report.taken, report.refused) == (1, 1)
    letter = project.state.dead_letters()[0]
    assert (letter.source, letter.subject, letter.reason) == ("s", "x:h:1", "no")
    assert decode(letter.payload or "").text == "#a"
    assert project.ids("uses") == {"x:h:2#b"}
    assert project.journal.read_text() == "x:h:2\n"


def test_what_may_be_taken_later_stays_in_the_spool(project: Project) -> None:
    """The file waits, the report says why, and the next run takes it."""
    project.spool.write([build_post(1, text="#a"), build_post(2, text="#b")], source="s")

    report = project.intake(Refusing(project.store, ["x:h:1#a"], retry=True)).run()

    assert report.stopped == "no"
    assert len(project.spool.files()) == 1
    assert project.intake().run().stopped == ""
    assert project.ids("uses") == {"x:h:1#a", "x:h:2#b"}
    assert set(project.journal.read_text().split()) == {"x:h:1", "x:h:2"}
