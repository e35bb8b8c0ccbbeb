"""Snapshots of followers: whichever copies come in whatever order, and again, the history is right."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from posts.post import Author, Post

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
Build = Callable[..., Post]


def told(build_post: Build, number: int, after: timedelta, followers: int | None, by: str = "sara") -> Post:
    """A post seen so long after the beginning, whose author had so many followers then."""
    author = Author(key=f"x:h:{by}", handle=by.title(), followers=followers)
    return build_post(number, author=author, created_at=AT - DAY, collected_at=AT + after)


def history(project: Any, by: str = "sara") -> list[tuple[float, int, int | None, int | None]]:
    """Hours since the beginning, followers, gain, and the hours in which that was gained."""
    rows = [d for d in project.documents("accounts").values() if d["author"] == f"x:h:{by}"]
    return sorted(
        (
            (datetime.fromisoformat(row["at"]) - AT).total_seconds() / 3600,
            row["followers"],
            row.get("d_followers"),
            row["dt_s"] // 3600 if "dt_s" in row else None,
        )
        for row in rows
    )


def test_a_snapshot_tells_followers_and_gain(project: Any, build_post: Build) -> None:
    """The first sight, each change, and once a day an unchanged number are kept, with their gain."""
    hours = {0: 10, 1: 10, 2: 12, 3: 12, 20: 12, 27: 12, 28: 9}
    project.take(*(told(build_post, n, timedelta(hours=n), f) for n, f in list(hours.items())[:3]))
    project.take(*(told(build_post, n, timedelta(hours=n), f) for n, f in list(hours.items())[3:]))
    project.take(told(build_post, 90, timedelta(hours=29), None), told(build_post, 91, DAY, 4, by="omid"))

    assert history(project) == [(0, 10, None, None), (2, 12, 2, 2), (27, 12, 0, 25), (28, 9, -3, 1)]
    assert history(project, "omid") == [(24, 4, None, None)]
    (stored,) = [d for d in project.documents("accounts").values() if d["author"] == "x:h:omid"]
    assert stored == {
        "id": f"x:h:omid@{int((AT + DAY).timestamp())}",
        "author": "x:h:omid",
        "author_n": project.documents()["x:h:91"]["author_n"],
        "platform": "x",
        "handle": "Omid",
        "followers": 4,
        "at": "2026-11-02T12:00:00Z",
    }


def test_a_long_silence_is_bridged(project: Any, build_post: Build) -> None:
    """The snapshot before is found however old it is, across months and years."""
    project.take(told(build_post, 1, -400 * DAY, 10))
    project.take(told(build_post, 2, timedelta(0), 25), told(build_post, 3, timedelta(0), 5, by="omid"))

    assert history(project) == [(-9600, 10, None, None), (0, 25, 15, 9600)]


def test_a_late_copy_mends_the_gain_after_it(project: Any, build_post: Build) -> None:
    """A copy between two stored snapshots is put between them; one older than all becomes the first."""
    project.take(told(build_post, 1, timedelta(hours=2), 10), told(build_post, 2, timedelta(hours=8), 20))
    project.take(told(build_post, 3, timedelta(hours=5), 13), told(build_post, 4, timedelta(hours=3), 10))
    project.take(told(build_post, 5, timedelta(hours=0), 4))

    assert history(project) == [(0, 4, None, None), (2, 10, 6, 2), (5, 13, 3, 3), (8, 20, 7, 3)]


def test_two_numbers_in_one_second_are_the_same_in_any_order(project: Any, build_post: Build) -> None:
    """Of two servers that tell different numbers at once the larger counts."""
    pairs = [
        (told(build_post, n, DAY, 7 + n, by="a"), told(build_post, n, DAY, 7 + n, by="b")) for n in (1, 2)
    ]
    project.take(pairs[0][0], pairs[1][1])
    project.take(pairs[1][0], pairs[0][1])

    assert history(project, "a") == history(project, "b") == [(24, 9, None, None)]


@pytest.mark.parametrize("seed", range(4))
def test_any_order_sums_up_to_the_same_growth(project: Any, build_post: Build, seed: int) -> None:
    """Copies in random batches, some of them twice: each gain is the difference to the snapshot before."""
    rng = random.Random(seed)
    copies = [
        told(
            build_post,
            n,
            timedelta(minutes=rng.randrange(-3_000, 2_800)),
            rng.randrange(5),
            by=rng.choice("ab"),
        )
        for n in range(60)
    ]
    rng.shuffle(copies)
    for start in range(0, 60, 15):
        project.take(*copies[start : start + 15], *rng.sample(copies[: start + 15], 3))

    for by in "ab":
        rows = history(project, by)
        assert rows[0][2] is None
        assert all(row[1] == before[1] + (row[2] or 0) for before, row in pairwise(rows))
        mine = {copy.collected_at: copy for copy in copies if copy.author and copy.author.key == f"x:h:{by}"}
        last = mine[max(mine)].author
        assert last is not None
        assert rows[-1][1] == last.followers


def test_a_deleted_post_and_an_impossible_count_tell_nothing(project: Any, build_post: Build) -> None:
    """Neither makes a snapshot, and the posts are taken all the same."""
    gone = replace(told(build_post, 1, DAY, 10), deleted_at=AT + DAY)

    project.take(gone, told(build_post, 2, DAY, -1))

    assert project.ids("accounts") == set()
