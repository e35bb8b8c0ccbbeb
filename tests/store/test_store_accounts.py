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
from posts.profile import Profile

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


def profile(hours: float, followers: int | None, by: str = "sara", **parts: Any) -> Profile:
    """An account as it was looked at so many hours after the beginning."""
    at = AT + timedelta(hours=hours)
    return Profile(
        key=f"x:h:{by}", platform="x", source="s", at=at, handle=by.title(), followers=followers, **parts
    )


def look(project: Any, *profiles: Profile, posts: tuple[Post, ...] = ()) -> Any:
    project.spool.write(posts, source="s", profiles=profiles)
    return project.intake().run()


def test_profiles_and_posts_make_one_history(project: Any, build_post: Build) -> None:
    """Each profile is kept, also an unchanged one; posts between them are as they were."""
    report = look(project, profile(0, 10, following=4, posts=100), profile(12, 10, posts=103))
    project.take(told(build_post, 1, timedelta(hours=6), 10), told(build_post, 2, timedelta(hours=18), 11))
    look(project, profile(24, 11, following=5), profile(0, 7, by="omid"))

    assert (report.profiles, report.taken, report.dropped) == (2, 0, 0)
    assert history(project) == [(0, 10, None, None), (12, 10, 0, 12), (18, 11, 1, 6), (24, 11, 0, 6)]
    rows = sorted(project.documents("accounts").values(), key=lambda row: (row["author"], row["at"]))
    told_too = [(row["author"], row.get("following"), row.get("posts")) for row in rows]
    assert told_too == [
        ("x:h:omid", None, None), ("x:h:sara", 4, 100), ("x:h:sara", None, 103), ("x:h:sara", None, None),
        ("x:h:sara", 5, None),
    ]  # fmt: skip


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("profile_first", [True, False])
def test_a_profile_and_a_post_of_one_second_are_one_snapshot(
    project: Any, build_post: Build, together: bool, profile_first: bool
) -> None:
    """Nothing that either told is lost, in any order: the larger number, and what the profile told beside."""
    parts = [
        lambda: look(project, profile(1, 10, following=4)),
        lambda: project.take(told(build_post, 1, timedelta(hours=1), 12)),
    ]
    if together:
        look(project, profile(1, 10, following=4), posts=(told(build_post, 1, timedelta(hours=1), 12),))
    for part in () if together else parts if profile_first else reversed(parts):
        part()

    (row,) = project.documents("accounts").values()
    assert (row["followers"], row["following"], row["handle"]) == (12, 4, "Sara")


def test_a_late_profile_mends_the_gain_after_it(project: Any, build_post: Build) -> None:
    """As a late copy of a post does."""
    look(project, profile(2, 10), profile(8, 20))
    look(project, profile(5, 13))
    look(project, profile(0, 4))

    assert history(project) == [(0, 4, None, None), (2, 10, 6, 2), (5, 13, 3, 3), (8, 20, 7, 3)]


def test_what_cannot_be_is_unknown_or_a_dead_letter(project: Any) -> None:
    """A profile without followers makes no snapshot; one without a key or from no time is told."""
    report = look(
        project,
        profile(0, None, posts=9),
        profile(1, -1),
        profile(2, 5, by="omid", following=-3),
        replace(profile(3, 5), key=" "),
        replace(profile(3, 5), at=datetime(1405, 9, 5, tzinfo=UTC)),  # a Jalali year
    )

    assert (report.profiles, report.refused) == (3, 2)
    (row,) = project.documents("accounts").values()
    assert (row["followers"], "following" in row) == (5, False)
    assert sorted(letter.reason.split(":")[0] for letter in project.state.dead_letters()) == ["at", "key"]


def test_replaying_a_file_with_profiles_changes_nothing(project: Any) -> None:
    """The ids are made of account and second."""
    look(project, profile(0, 10, posts=1), profile(24, 15, posts=2))
    before = project.documents("accounts")
    look(project, profile(24, 15, posts=2), profile(0, 10, posts=1))

    assert project.documents("accounts") == before
    assert len(before) == 2
