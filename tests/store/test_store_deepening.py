"""The second reading: what waits, in which order, labels, crashes, and old posts after a new model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from nlp import hashtags
from nlp.fold import tokens
from posts.errors import StoreError
from posts.labels import Label
from posts.post import Annotations, Metrics, Post, Sentiment, changed
from store import labels
from store.deepening import Behind, behind
from store.intake import Intake
from store.saved import topic

AT = datetime(2026, 11, 21, tzinfo=UTC)
WRITTEN = datetime(2026, 11, 1, 12, tzinfo=UTC)
Build = Callable[..., Post]


class Models:
    """Finds every text with "bad" negative; breaks on "stumble"; calls the tag of ``joined`` another name."""

    def __init__(self, version: str = "a", joined: str = "") -> None:
        self.marks = (f"1-{joined}", f"2-{version}")
        self.joined = joined
        self.read: list[str] = []

    def extract(self, posts: Iterable[Post]) -> Iterator[Post]:
        for post in posts:
            readers = self.marks if not post.text else self.marks[:1]
            tags = tuple(
                replace(tag, normal="one") if tag.normal == self.joined else tag
                for tag in hashtags.find(post.text)
            )
            read = Annotations(tokens=tuple(tokens(post.text)), hashtags=tags, language="en", readers=readers)
            yield changed(post, annotations=read)

    def deepen(self, posts: Iterable[Post]) -> Iterator[Post]:
        for post in posts:
            if post.text == "stumble":
                raise IndexError("a model stumbled")
            self.read.append(post.id[4:])
            if post.annotations is None or self.marks[0] not in post.annotations.readers:
                (post,) = self.extract([post])
            mood = Sentiment("negative", -0.5) if "bad" in post.text else Sentiment("neutral", 0.0)
            read = post.annotations or Annotations()
            yield changed(post, annotations=replace(read, sentiment=mood, readers=self.marks))


def intake(project: Any, models: Models) -> Intake:
    return Intake(
        project.store,
        project.state,
        project.spool,
        models,
        deepener=models,
        now=lambda: project.now,
        topics=project.topics,
    )


def take(project: Any, models: Models, *posts: Post) -> Intake:
    project.spool.write(posts, source="s")
    made = intake(project, models)
    assert made.run().stopped == ""
    return made


def moods(project: Any) -> dict[str, Any]:
    return {key[4:]: document.get("sentiment") for key, document in project.documents().items()}


def label(post: str, value: str, **parts: Any) -> Label:
    return Label(post=f"x:h:{post}", kind="sentiment", values=(value,), at=AT, **parts)


def test_posts_are_there_before_they_are_read_again(project: Any, build_post: Build) -> None:
    """Intake writes without models; what waits is counted, and read by steps, the newest first."""
    posts = [build_post(n, text=f"bad {n}", created_at=WRITTEN + timedelta(minutes=n)) for n in range(5)]
    models = Models()

    taking = take(project, models, *posts, build_post("r", text="", repost_of="x:h:1"))

    assert set(moods(project).values()) == {None}
    assert taking.waiting() == 5
    assert behind(project.store, project.state) == Behind(posts=5, since=WRITTEN)
    assert [taking.deepen(2), taking.deepen(2), taking.deepen(2), taking.deepen(2)] == [2, 2, 1, 0]
    assert models.read == ["4", "3", "2", "1", "0"]
    assert moods(project) == {**dict.fromkeys("01234", "negative"), "r": None}
    assert taking.waiting() == 0
    assert behind(project.store, project.state) == Behind(posts=0)


def test_nobody_reads_twice(project: Any, build_post: Build) -> None:
    """Nothing is behind where no models are; a copy that only counts is not read again, an edit is."""
    assert behind(project.store, project.state) is None
    models = Models()
    take(project, models, build_post(1, text="bad")).deepen()

    counted = take(project, models, build_post(1, 5, text="bad", metrics=Metrics(likes=3)))
    assert counted.deepen() == 0
    assert project.documents()["x:h:1"]["likes"] == 3
    edited = take(project, models, build_post(1, 9, text="good", edited_at=WRITTEN + timedelta(minutes=9)))

    assert moods(project) == {"1": None}
    assert edited.deepen() == 1
    assert moods(project) == {"1": "neutral"}


def test_new_models_read_old_posts(project: Any, build_post: Build) -> None:
    """With another mark all posts wait again, and go on where a crash has left them."""
    posts = [build_post(n, text="bad" if n % 2 else "fine") for n in range(6)]
    take(project, Models(), *posts).deepen()
    newer = Models("b")

    assert intake(project, newer).deepen(4) == 4
    again = intake(project, newer)

    assert again.waiting() == 2
    assert again.deepen(4) == 2
    assert sorted(newer.read) == list("012345")


def test_joined_families_reach_old_posts(project: Any, build_post: Build) -> None:
    """Where a tag belongs to another family now, posts, uses and snapshots of old posts follow."""
    post = build_post(1, text="#tea and #chai", metrics=Metrics(likes=3))
    take(project, Models(), post).deepen()

    intake(project, Models(joined="chai")).deepen()

    assert project.documents()["x:h:1"]["hashtags"] == ["tea", "one"]
    assert sorted(use["tag"] for use in project.documents("uses").values()) == ["one", "tea"]
    assert [row["hashtags"] for row in project.documents("metrics").values()] == [["tea", "one"]]


def test_matches_come_with_the_second_reading(project: Any, build_post: Build) -> None:
    """A saved query about mood matches when the mood is read, and says so."""
    project.topics = (topic("angry", "sentiment:negative"),)
    taking = take(project, Models(), build_post(1, text="bad"), build_post(2, text="fine"))
    assert project.documents("matches") == {}

    taking.deepen()

    assert [(row["post_id"], row["reason"]) for row in project.documents("matches").values()] == [
        ("x:h:1", "read")
    ]


def test_a_text_that_breaks_a_model_is_told_and_passed_over(project: Any, build_post: Build) -> None:
    """One text cannot stop the rest; it is a dead letter, stays in the store and is not tried for ever."""
    taking = take(project, Models(), build_post(1, text="bad"), build_post(2, text="stumble"))

    assert taking.deepen() == 2
    assert taking.waiting() == 0
    assert moods(project) == {"1": "negative", "2": None}
    (letter,) = project.state.dead_letters()
    assert letter.subject == "x:h:2"
    assert letter.reason == "models cannot read it: IndexError: a model stumbled"


def test_people_know_better(project: Any, build_post: Build) -> None:
    """A label takes the place of a reading, also after new models, and is told what they said."""
    models = Models()
    taking = take(project, models, build_post(1, text="bad"), build_post(2, text="bad"))
    taking.deepen()
    labels.add(project.state, [label("1", "positive")])

    assert taking.deepen() == 1
    assert moods(project) == {"1": "positive", "2": "negative"}
    assert project.documents()["x:h:1"]["is"] == ["labelled"]
    (kept,) = labels.all_of(project.state)
    assert (kept.said, kept.by) == (("negative",), "2-a")
    assert taking.deepen() == 0
    newer = intake(project, Models("b"))
    newer.deepen()

    assert moods(project) == {"1": "positive", "2": "negative"}
    assert labels.all_of(project.state)[0].by == "2-b"


def test_a_label_taken_back(project: Any, build_post: Build) -> None:
    """Without its label a post is read as models read it."""
    taking = take(project, Models(), build_post(1, text="bad"))
    labels.add(project.state, [label("1", "positive")])
    taking.deepen()
    assert moods(project) == {"1": "positive"}

    assert labels.remove(project.state, "x:h:1", "sentiment")
    assert not labels.remove(project.state, "x:h:1", "sentiment")

    assert taking.deepen() == 1
    assert moods(project) == {"1": "negative"}
    assert "is" not in project.documents()["x:h:1"]


def test_labels_of_posts_that_are_gone_wait_no_more(project: Any, build_post: Build) -> None:
    """A label of a post that is not stored holds nothing up."""
    taking = take(project, Models(), build_post(1, text="bad"))
    labels.add(project.state, [label("77", "positive")])

    assert [taking.deepen(), taking.deepen()] == [1, 0]
    assert labels.waiting(project.state, 9) == []


def test_a_drawn_label_stays_drawn(project: Any) -> None:
    """Who thinks again about a post that was drawn by lot has not taken it out of the lot."""
    labels.add(project.state, [label("1", "positive", how="sample", draw="tea")])
    labels.add(project.state, [label("1", "negative")])

    (kept,) = labels.all_of(project.state)
    assert (kept.values, kept.how, kept.draw) == (("negative",), "sample", "tea")
    assert labels.all_of(project.state, how="correction") == []
    assert labels.count(project.state) == 1


def test_a_crash_between_the_writes(project: Any, build_post: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever write is the last before the end: the posts go on waiting and end as if nothing had been."""
    post = build_post(1, text="#tea and #chai bad", metrics=Metrics(likes=3))
    take(project, Models(), post).deepen()
    whole = {name: project.documents(name) for name in ("posts", "uses", "metrics")}
    written = type(project.store).write
    for survive in range(4):
        left = [survive]

        def write(store: Any, *args: Any, left: list[int] = left, **kwargs: Any) -> Any:
            if left[0] == 0:
                raise StoreError("the power is gone")
            left[0] -= 1
            return written(store, *args, **kwargs)

        newer = Models(f"b{survive}", joined="chai")
        with monkeypatch.context() as broken:
            broken.setattr(type(project.store), "write", write)
            try:
                intake(project, newer).deepen()
            except StoreError:
                assert project.documents()["x:h:1"]["hashtags"] == ["tea", "chai"]
        intake(project, newer).deepen()
        assert project.documents()["x:h:1"]["hashtags"] == ["tea", "one"]
        assert sorted(use["tag"] for use in project.documents("uses").values()) == ["one", "tea"]
        intake(project, Models("a")).deepen()

    assert {name: project.documents(name) for name in whole} == whole


def test_labels_go_with_their_posts(project: Any, build_post: Build) -> None:
    """No label stays of a post that the store has let go."""
    take(project, Models(), build_post(1, text="bad"))
    labels.add(project.state, [label("1", "positive"), label("gone", "neutral")])

    labels.drop_missing(project.state, project.store)

    assert [kept.post for kept in labels.all_of(project.state)] == ["x:h:1"]
