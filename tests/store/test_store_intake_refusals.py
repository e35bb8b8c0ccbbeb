"""Intake over an engine that refuses some documents: for good they are dead letters, else they come again."""

from collections.abc import Callable, Sequence
from typing import Any

from posts.post import Post, decode
from store.protocol import Refusal, Store, Written

Build = Callable[..., Post]


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


def test_what_the_engine_refuses_is_a_dead_letter(project: Any, build_post: Build) -> None:
    """One post refused for good is buried with its content, and has no rows; the others are taken."""
    project.spool.write([build_post(1, text="#a"), build_post(2, text="#b")], source="s")

    report = project.intake(Refusing(project.store, ["x:h:1"], retry=False)).run()

    assert (report.taken, report.refused) == (1, 1)
    letter = project.state.dead_letters()[0]
    assert (letter.source, letter.subject, letter.reason) == ("s", "x:h:1", "no")
    assert decode(letter.payload or "").text == "#a"
    assert project.ids("uses") == {"x:h:2#b"}
    assert project.journal.read_text() == "x:h:2\n"


def test_what_may_be_taken_later_stays_in_the_spool(project: Any, build_post: Build) -> None:
    """The file waits, the report says why, and the next run takes it."""
    project.spool.write([build_post(1, text="#a"), build_post(2, text="#b")], source="s")

    report = project.intake(Refusing(project.store, ["x:h:1#a"], retry=True)).run()

    assert report.stopped == "no"
    assert len(project.spool.files()) == 1
    assert project.intake().run().stopped == ""
    assert project.ids("uses") == {"x:h:1#a", "x:h:2#b"}
    assert set(project.journal.read_text().split()) == {"x:h:1", "x:h:2"}
