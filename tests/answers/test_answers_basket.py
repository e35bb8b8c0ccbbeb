"""Related hashtags, warnings, baskets and drafts on both engines: counts and planted truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from answers import posts as answered_posts
from answers.basket import basket
from answers.collision import warnings
from answers.draft import draft
from answers.related import related
from posts.answer import Figure
from posts.selection import Selection
from store.state import State

NOW = datetime(2026, 11, 22, 17, 20, 31, tzinfo=UTC)
HOUR = timedelta(hours=1)
FOND = ("warm cosy evening kettle", "gentle morning kettle garden", "cosy garden evening biscuits",
        "biscuits gentle kettle warm", "morning biscuits warm garden")  # fmt: skip
ANGRY = ("prices label broken refund", "refund support awful label", "prices awful broken queue",
         "queue support refund prices", "label queue awful support")  # fmt: skip
TALK = ("river", "train", "bread", "window", "letter", "music", "stone", "paper")


def written(build_post: Callable[..., Any], now: datetime) -> Iterator[Any]:
    """Four weeks: tea goes with cake, five people know scone; golden is taken over by others."""
    for n in range(240):
        word = f"{TALK[n % 8]} {TALK[n * 5 % 7]} {TALK[n * 3 % 8]}"
        tag = ("#walk", "#tea #cake", "#bus", "#book", "#cake #scone", "#film")[n % 6]
        yield build_post(n, now - HOUR * (2.6 * n + 1), n % 46, f"{word} {tag}")
    for n in range(60):
        yield build_post(
            300 + n, now - HOUR * (300 + 5 * n), 60 + n % 30, f"{FOND[n % 5]} {TALK[n % 8]} #golden"
        )
        yield build_post(400 + n, now - HOUR * (100 - n), 100 + n, f"{ANGRY[n % 5]} {TALK[n % 7]} #golden")


@pytest.mark.parametrize("engine", ["embedded", pytest.param("elasticsearch", marks=pytest.mark.es)])
def test_a_tag_that_was_taken_over_is_told_and_left_out(
    engine: str, open_engine: Any, build_asking: Any, build_post: Any, fill: Any, tmp_path: Path
) -> None:
    """The moment at which newcomers came; what goes with tea; a basket and a draft that know of both."""
    posts = list(written(build_post, NOW))
    store = open_engine(engine)
    with State(tmp_path / "state.sqlite") as state:
        fill(store, state, tmp_path, posts)
        asking = build_asking(store, state, ours=None)
        found = warnings(asking, Selection(hashtag="golden")).value
        assert found.codes == ("hijack", "angry")
        assert found.hijack is not None
        assert abs(found.hijack.since - (NOW - HOUR * 100)) <= 3 * HOUR
        for figure in (found.hijack.before, found.hijack.after):
            assert figure.value == answered_posts.count(asking, figure.selection)
        assert warnings(asking, Selection(hashtag="walk")).value.codes == ()

        beside = related(asking, Selection(hashtag="tea")).value
        assert [row.key for row in beside.first] == ["cake"]
        assert [(row.key, row.via) for row in beside.second] == [("scone", "cake")]
        asked = related(asking, Selection(query="#tea")).value
        assert [row.key for row in asked.first] == ["cake"]
        both = [post for post in posts if "#tea #cake" in post.text]
        assert beside.first[0].posts.value == len(both)
        assert beside.first[0].authors.value == len({post.author.key for post in both})

        chosen = basket(asking, Selection(), k=3).value
        assert [(one.key, one.why) for one in chosen.left_out] == [("golden", "hijack")]
        assert chosen.new.value == chosen.everyone.value == people(asking, chosen.everyone)
        assert sum(tag.new.value or 0 for tag in chosen.tags) == chosen.new.value
        assert "golden" in [tag.key for tag in basket(asking, Selection(), k=3, allow_warned=True).value.tags]

        told = draft(asking, Selection(), text="#golden and #scnoe and #zzquux").value
        assert [(one.code, one.remedy) for one in told.findings] == [
            ("angry", None), ("hijack", None), ("typo", "#scone"), ("unseen", None)
        ]  # fmt: skip


def people(asking: Any, figure: Figure) -> int:
    """The authors of the posts that a number opens."""
    opened = answered_posts.stream(asking, figure.selection)
    return len({post.author.key for post in opened if post.author})


def test_numbers_open_their_posts(world: Any) -> None:
    """Related tags of a word and a tag; each tag of a basket; those that it adds, one post each."""
    for selection in (Selection(hashtag="tea"), Selection(query="tea OR Rasta")):
        found = related(world.asking, selection).value
        for row in (*found.first, *found.second):
            assert row.posts.value == answered_posts.count(world.asking, row.posts.selection)
            assert row.authors.value == people(world.asking, row.authors)
            assert row.all_authors.value == people(world.asking, row.all_authors)
    chosen = basket(world.asking, Selection(), include_reached=True).value
    assert chosen.tags
    assert chosen.low is not None
    for tag in chosen.tags:
        assert tag.posts.value == answered_posts.count(world.asking, tag.posts.selection)
        assert tag.authors.value == people(world.asking, tag.authors)
        assert tag.new.value == people(world.asking, tag.new)
