"""Copies: who said it first, whatever comes in which order, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from nlp.pipeline import Pipeline, load
from posts.labels import Label
from posts.post import Post
from posts.selection import Selection
from store import compile as compiling
from store import labels
from store.copies import original_of
from store.intake import Intake
from store.matcher import Matcher

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
SAID = "the new tea of this spring has come to all our shops in the city and it tastes like rain"
Build = Callable[..., Post]


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved query."""

    selection: Selection
    id: str = "query:1"


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return load()


def taking(project: Any, pipeline: Pipeline) -> Intake:
    return Intake(
        project.store, project.state, project.spool, pipeline, deepener=pipeline, now=lambda: project.now
    )


def take(project: Any, pipeline: Pipeline, *posts: Post) -> None:
    project.spool.write(posts, source="s")
    intake = taking(project, pipeline)
    assert intake.run().stopped == ""
    while intake.deepen():
        pass


def copies(project: Any) -> dict[str, Any]:
    return {key[4:]: document.get("copy_of", "")[4:] for key, document in project.documents().items()}


def world(build_post: Build) -> list[Post]:
    """An original, two copies, a text of its own, and the same words three months before."""
    texts = {
        0: SAID,
        1: f"{SAID} https://example.org/7 @sara",
        2: f"RT: {SAID} really",
        3: "nothing of that kind is said here, only that the weather will be fine on all days of the week",
    }
    posts = [build_post(n, text=text, created_at=AT + timedelta(hours=n)) for n, text in texts.items()]
    return [*posts, build_post(9, text=SAID, created_at=AT - timedelta(days=90))]


def test_copies_are_told(project: Any, pipeline: Pipeline, build_post: Build) -> None:
    """What says nearly the same within days is a copy of the earliest, and is marked and found."""
    take(project, pipeline, *world(build_post))

    assert copies(project) == {"0": "", "1": "0", "2": "0", "3": "", "9": ""}
    stored = project.documents()["x:h:1"]
    assert stored["noise"] == ["duplicate"]
    assert {"copy", "noise"} <= set(stored["is"])
    assert project.store.count("posts", {"term": {"copy_of": "x:h:0"}}) == 2


def test_any_order_of_arrival(
    store: Any, tmp_path: Path, make_project: Any, pipeline: Pipeline, build_post: Build
) -> None:
    """An original that comes late takes its copies over."""
    posts = world(build_post)[:3]
    for place, order in enumerate(permutations(posts)):
        store.delete("posts", {"match_all": {}})
        project = make_project(tmp_path / str(place), store)
        for post in order:
            take(project, pipeline, post)

        assert copies(project) == {"0": "", "1": "0", "2": "0"}, [post.id for post in order]


def test_any_copy_names_its_family(project: Any, pipeline: Pipeline, build_post: Build) -> None:
    """The first post, and each copy of it, is asked for by any of their ids; a saved query too."""
    take(project, pipeline, *world(build_post))

    for post in ("x:h:0", "x:h:1", "x:h:2"):
        typed = Selection(query=f'copy:"{post}"')
        clause = compiling.selection(typed, original=partial(original_of, project.store))
        saved = Matcher([Kept(typed)], original=partial(original_of, project.store))
        found = {hit["id"] for hit in project.store.scan("posts", clause)}
        matched = {hit.document["id"] for hit in saved.match(project.documents().values(), now=AT)}
        assert found == matched == {"x:h:0", "x:h:1", "x:h:2"}


def test_people_say_it_is_no_noise(project: Any, pipeline: Pipeline, build_post: Build) -> None:
    """A copy that a person does not call noise stays a copy, and is none."""
    take(project, pipeline, *world(build_post)[:2])
    labels.add(project.state, [Label(post="x:h:1", kind="noise", values=(), at=AT)])

    taking(project, pipeline).deepen()

    stored = project.documents()["x:h:1"]
    assert stored["copy_of"] == "x:h:0"
    assert "noise" not in stored
