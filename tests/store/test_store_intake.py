"""From the spool into the store: what is written, and what becomes of a post that comes again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from nlp import hashtags
from posts.errors import StoreBusy
from posts.post import Mentioned, Metrics, Post
from store.intake import IntakeReport, writer_lock
from store.mapping import COLLECTIONS

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
NOW = AT + timedelta(days=1)
ALL = {"match_all": {}}
Build = Callable[..., Post]


def test_a_post_becomes_its_documents(project: Any, build_post: Build) -> None:
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
    assert {way for use in project.documents("uses").values() for way in use["written"]} == {
        "هوش_مصنوعی",
        "AI",
        "ai",
    }
    assert project.ids("metrics") == {f"x:h:1@{int(AT.timestamp())}"}
    assert project.journal.read_text() == "x:h:1\n"
    assert project.spool.files() == []


def test_a_post_with_two_spellings_of_a_hashtag_has_one_use_that_tells_both(
    project: Any, build_post: Build
) -> None:
    """It is one post of the family, and a post of either spelling."""
    project.take(build_post(1, text="#Chai #chai #CHAI #Chai"))

    (use,) = project.documents("uses").values()
    assert (use["tag"], use["written"]) == ("chai", ["Chai", "chai", "CHAI"])
    assert project.documents()["x:h:1"]["written"] == ["Chai", "chai", "CHAI"]


def test_a_file_that_comes_again_changes_nothing(project: Any, build_post: Build) -> None:
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


@pytest.mark.parametrize(
    "batches",
    [
        pytest.param([["child", "parent"]], id="together"),
        pytest.param([["parent"], ["child"]], id="parent first"),
        pytest.param([["child"], ["parent"]], id="parent later"),
        pytest.param([["child"], ["parent"], ["child later"]], id="child again with its alias"),
        pytest.param([["child"], ["parent without alias"], ["parent"]], id="the alias later still"),
    ],
)
def test_an_alias_leads_to_its_post(project: Any, batches: list[list[str]], build_post: Build) -> None:
    """Whichever comes first, the reference ends at the parent's id, with its author and its edges."""
    child = build_post(1, reply_to="x:server:7", repost_of="x:other:8", by="ali")
    parent = build_post(7, aliases=("x:server:7", "x:other:8"), by="omid")
    story = {
        "child": child,
        "child later": replace(child, collected_at=NOW),
        "parent": parent,
        "parent without alias": replace(parent, aliases=()),
    }

    for batch in batches:
        project.take(*(story[name] for name in batch))

    child = project.post(1)
    assert (child.reply_to, child.reply_to_author) == ("x:h:7", "x:h:omid")
    assert (child.repost_of, child.repost_of_author) == ("x:h:7", "x:h:omid")
    assert "unresolved" not in project.documents()["x:h:1"]
    edges = project.documents("edges").values()
    assert {(edge["kind"], edge["src"], edge["dst"], edge["target"]) for edge in edges} == {
        ("reply", "x:h:ali", "x:h:omid", "x:h:7"),
        ("repost", "x:h:ali", "x:h:omid", "x:h:7"),
    }


def test_an_edit_takes_away_what_no_longer_stands_there(project: Any, build_post: Build) -> None:
    """Uses and edges of the old writing go, those of both stay."""
    project.take(build_post(1, text="#old #both", mentioned=(Mentioned(key="x:h:a"),)))

    project.take(build_post(1, 5, text="#new #both", edited_at=AT + timedelta(minutes=4)))

    assert project.ids("uses") == {"x:h:1#both", "x:h:1#new"}
    assert project.ids("edges") == set()
    assert project.documents()["x:h:1"]["is"] == ["edited"]


def test_two_servers_show_one_post(project: Any, build_post: Build) -> None:
    """Copies of one post in one file and in two are one document with both sources."""
    project.take(
        build_post(1, 1, source="b", aliases=("x:b:1",)), build_post(1, 2, source="c", aliases=("x:c:1",))
    )

    project.take(build_post(1, 0, source="d", metrics=Metrics(likes=1)))

    post = project.post(1)
    assert (post.source, post.also_in, post.aliases) == ("d", ("b", "c"), ("x:b:1", "x:c:1"))
    assert project.store.count("posts", ALL) == 1


def test_a_deletion_takes_all_of_a_post_and_it_stays_away(project: Any, build_post: Build) -> None:
    """Text, edges, uses and counts go; a later copy is dropped, for the post has a tombstone."""
    said = build_post(1, text="#secret", mentioned=(Mentioned(key="x:h:a"),), metrics=Metrics(likes=1))
    project.take(said)

    project.take(build_post(1, 5, deleted_at=AT + timedelta(minutes=5)))
    report = project.take(replace(said, collected_at=NOW))

    assert report == IntakeReport(dropped=1, files=1)
    assert project.post(1).text == ""
    assert project.documents()["x:h:1"]["is"] == ["deleted"]
    assert [project.ids(name) for name in ("edges", "uses", "metrics")] == [set(), set(), set()]


def test_counts_make_a_history_with_gains(project: Any, build_post: Build) -> None:
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


def test_what_cannot_be_taken_is_buried_with_its_reason(project: Any, build_post: Build) -> None:
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


def test_small_files_share_a_commit(project: Any, build_post: Build) -> None:
    """Fifty files of one post each are one step."""
    for number in range(50):
        project.spool.write([build_post(number)], source="s")
    steps: list[tuple[int, int]] = []

    report = project.intake().run(lambda taken, total: steps.append((taken, total)))

    assert steps == [(50, 50)]
    assert (report.taken, report.files) == (50, 50)


def test_a_run_learns_what_was_new_and_refused(project: Any, build_post: Build) -> None:
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


def test_a_wall_of_tags_is_capped(project: Any, build_post: Build) -> None:
    """Thirty tags of a post count, each by at most 100 characters."""
    text = "#" + "a" * 300 + " " + " ".join(f"#t{n}" for n in range(100))

    project.take(build_post(1, text=text))

    assert len(project.ids("uses")) == 30
    assert "a" * 100 in project.documents()["x:h:1"]["hashtags"]


def test_a_book_is_cut_with_a_mark(project: Any, build_post: Build) -> None:
    """A text over 100,000 characters is cut, and its annotations say so."""
    project.take(build_post(1, text="کتاب " * 30_000))  # book

    post = project.post(1)
    assert len(post.text) == 100_000
    assert post.annotations is not None
    assert post.annotations.versions["cut"] == "100000 characters"


def test_a_post_dated_earlier_stays_one(project: Any, build_post: Build) -> None:
    """A copy that dates a post into another month moves it, its edges and uses."""
    named = (Mentioned(key="x:h:a"),)
    project.take(build_post(1, text="#AI", mentioned=named))
    earlier = AT - timedelta(days=40)

    project.take(build_post(1, 5, text="#AI", mentioned=named, created_at=earlier))

    for collection in ("posts", "edges", "uses"):
        assert [d["created_at"] for d in project.documents(collection).values()] == ["2026-09-22T12:00:00Z"]
        assert project.store.count(collection, ALL) == 1


def test_a_torn_line_of_the_journal_is_taken_back(project: Any, build_post: Build) -> None:
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
