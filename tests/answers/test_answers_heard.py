"""The strip of what was heard: a second of a source is collected, missing or unknown, never two of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from answers.asking import Asking, SourceFacts
from answers.heard import REASONS, Heard, Parts, SourceHeard, heard
from answers.reach import Reach
from posts.post import Post
from posts.selection import Selection
from store import heard as ledger
from store import open_store
from store.heard import Stretch
from store.protocol import Store, StoreSettings
from store.state import State

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TODAY = Selection(since=NOW - 12 * HOUR, until=NOW)
FACTS = SourceFacts(name="chatra", platform="mastodon", every=timedelta(minutes=15))


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State(tmp_path / "state.sqlite") as opened:
        yield opened


@pytest.fixture
def listen(
    embedded_store: Store,
    state: State,
    tmp_path: Path,
    build_asking: Callable[..., Asking],
    build_post: Callable[..., Post],
    fill: Callable[..., None],
) -> Callable[..., Heard]:
    """The strip of the sources, with posts of ``chatra`` (moments) in the store."""

    def ask(
        posts: list[datetime],
        *facts: SourceFacts,
        selection: Selection = TODAY,
        now: datetime = NOW,
    ) -> Heard:
        made = [build_post(number, at, number, "tea") for number, at in enumerate(posts)]
        if made:
            fill(embedded_store, state, tmp_path, made)
        asking = build_asking(embedded_store, state, sources=facts or (FACTS,), now=now, time_zone="UTC")
        return heard(asking, selection).value

    return ask


def run(state: State, at: datetime, outcome: str | None = "ok", reason: str = "") -> str:
    run_id = f"run-{at:%dT%H%M}"
    state.begin_run(run_id, job="chatra", due_at=at, started_at=at)
    if outcome is not None:
        state.end_run(run_id, ended_at=at, outcome=outcome, reason=reason)
    return run_id


def told(state: State, what: Any, since: datetime, until: datetime, **parts: Any) -> None:
    ledger.add(state, [Stretch(**{"source": "chatra", "what": what, "since": since, "until": until} | parts)])


def only(found: Heard) -> SourceHeard:
    assert len(found.sources) == 1
    return found.sources[0]


def hours(found: Heard, part: str) -> list[int]:
    """The hours of the day in which this part is there."""
    return [cell.start.hour for cell in only(found).cells if getattr(cell.parts, part)]


def test_silence_is_no_loss_and_loss_no_silence(listen: Callable[..., Heard], state: State) -> None:
    """All heard and nothing posted is silent; nothing posted because nobody listened is missing."""
    told(state, "collected", NOW - 12 * HOUR, NOW - 4 * HOUR, run_id=run(state, NOW - 4 * HOUR))
    told(state, "missing", NOW - 4 * HOUR, NOW - 2 * HOUR, why="paging", run_id=run(state, NOW - 2 * HOUR))
    told(state, "collected", NOW - 2 * HOUR, NOW, run_id=run(state, NOW))
    found = listen([NOW - timedelta(hours=11.5), NOW - timedelta(hours=1.5)])

    assert hours(found, "collected") == [0, 10]
    assert hours(found, "missing") == [8, 9]
    assert hours(found, "silent") == [1, 2, 3, 4, 5, 6, 7, 11]
    assert [cell.parts for cell in only(found).cells][8] == Parts(missing=1.0)
    assert [(r.why, r.since, r.until, r.run_id) for r in only(found).reasons] == [
        ("paging", NOW - 4 * HOUR, NOW - 2 * HOUR, "run-22T1000")
    ]


def test_nothing_is_claimed_of_what_nobody_knows(listen: Callable[..., Heard], state: State) -> None:
    """Without a word in the ledger, and before the first one, nothing is told: no share, no strip."""
    nobody = listen([NOW - 3 * HOUR])
    assert (only(nobody).known, only(nobody).heard.share, nobody.heard.share) == (0, None, None)
    assert nobody.untold == ("chatra",)
    assert {cell.parts for cell in only(nobody).cells} == {Parts()}
    assert nobody.posts.value == 1

    told(state, "collected", NOW - 6 * HOUR, NOW, run_id=run(state, NOW))
    half = listen([])
    assert (only(half).known, half.untold) == (0.5, ())
    assert hours(half, "collected") + hours(half, "silent") == [9, 6, 7, 8, 10, 11]
    assert (only(half).heard.share, only(half).heard.method) == (1.0, "read")


def test_what_was_caught_up_later_is_not_missing(listen: Callable[..., Heard], state: State) -> None:
    """Runs failed for hours, and the next one read it all; where it did not, the reason stays."""
    told(state, "collected", NOW - 12 * HOUR, NOW - 8 * HOUR, run_id=run(state, NOW - 8 * HOUR))
    for ago in (7, 6, 5):
        run(state, NOW - ago * HOUR, "error", "the server is broken (HTTP 503)")
    before = listen([], selection=replace(TODAY, until=NOW - 5 * HOUR))
    assert hours(before, "missing") == [4, 5, 6]
    assert [(r.why, r.said) for r in only(before).reasons] == [("error", "the server is broken (HTTP 503)")]

    caught_up = run(state, NOW - 4 * HOUR)
    told(state, "collected", NOW - 8 * HOUR, NOW - 4 * HOUR, run_id=caught_up)
    told(state, "collected", NOW - 4 * HOUR, NOW, run_id=run(state, NOW))
    assert hours(listen([]), "missing") == []
    assert only(listen([])).reasons == ()


@pytest.mark.parametrize(
    ("outcome", "why"),
    [("put off", "rate limit"), ("refused", "refused"), ("not set up", "not set up"), (None, "interrupted")],
)
def test_a_run_that_did_not_read_tells_why(
    listen: Callable[..., Heard], state: State, outcome: str | None, why: str
) -> None:
    """Each way in which a run fails has a name of its own."""
    told(state, "collected", NOW - 12 * HOUR, NOW - 3 * HOUR, run_id=run(state, NOW - 3 * HOUR))
    run(state, NOW - HOUR, outcome)
    found = listen([])

    assert [(r.why, r.since, r.until) for r in only(found).reasons] == [(why, NOW - 3 * HOUR, NOW - HOUR)]
    assert hours(found, "missing") == [9, 10]


def test_who_was_asked_to_wait_does_not_ask_meanwhile(listen: Callable[..., Heard], state: State) -> None:
    """One run was put off and none was made for hours: all of it is the server's limit, until it was read."""
    told(state, "collected", NOW - 12 * HOUR, NOW - 9 * HOUR, run_id=run(state, NOW - 9 * HOUR))
    put_off = run(state, NOW - 8 * HOUR, "put off", "too many requests")
    run(state, NOW - 2 * HOUR, "error", "the server is broken")
    told(state, "collected", NOW - 2 * HOUR, NOW, run_id=run(state, NOW))
    reasons = only(listen([])).reasons

    assert [(r.why, r.since, r.until, r.run_id) for r in reasons] == [
        ("rate limit", NOW - 9 * HOUR, NOW - 8 * HOUR, put_off),
        ("error", NOW - 8 * HOUR, NOW - 2 * HOUR, "run-22T1000"),
    ]
    waiting = only(listen([], now=NOW - 3 * HOUR, selection=replace(TODAY, until=NOW - 3 * HOUR))).reasons
    assert [(r.why, r.until) for r in waiting] == [("rate limit", NOW - 3 * HOUR)]


def test_time_in_which_nobody_asked_is_missing_once_the_source_is_late(
    listen: Callable[..., Heard], state: State
) -> None:
    """The hour since the last crawl is not lost yet; a night without the service is, and a pause too."""
    told(state, "collected", NOW - 12 * HOUR, NOW - 5 * HOUR, run_id=run(state, NOW - 5 * HOUR))
    an_hour_ago = listen([], selection=replace(TODAY, until=NOW), now=NOW - 4 * HOUR)
    asleep = listen([])
    paused = listen([], replace(FACTS, paused=True))
    by_hand = listen([], replace(FACTS, every=None))

    assert (hours(an_hour_ago, "missing"), only(an_hour_ago).reasons) == ([], ())
    assert [(r.why, r.since, r.until) for r in only(asleep).reasons] == [("not asked", NOW - 5 * HOUR, NOW)]
    assert [r.why for r in only(paused).reasons] == ["paused"]
    assert (only(by_hand).reasons, only(by_hand).known) == ((), pytest.approx(7 / 12))


def test_posts_that_are_counted_as_missing_and_deleted(listen: Callable[..., Heard], state: State) -> None:
    """Skipped ids are exact; what was deleted later is no loss of ours, but not there either."""
    told(state, "collected", NOW - 12 * HOUR, NOW, run_id=run(state, NOW))
    told(state, "missing", NOW - 4 * HOUR, NOW - 4 * HOUR, why="gap", posts=2, run_id=run(state, NOW))
    told(state, "deleted", NOW - 2 * HOUR, NOW - 2 * HOUR, why="deleted", posts=1)
    found = listen([NOW - 4 * HOUR, NOW - 4 * HOUR + timedelta(minutes=1), NOW - 2 * HOUR])

    cells = {cell.start.hour: cell for cell in only(found).cells}
    assert cells[8].parts == Parts(collected=0.5, missing=0.5)
    assert cells[10].parts == Parts(collected=0.5, deleted=0.5)
    assert (cells[8].missing, cells[10].deleted, only(found).deleted) == (2, 1, 1)
    share = only(found).heard
    assert (share.share, share.low, share.high, share.method) == (0.6, 0.6, 0.6, "counted")
    assert [(r.why, r.posts) for r in only(found).reasons] == [("gap", 2), ("deleted", 1)]


def test_what_was_posted_unheard_is_estimated_from_the_source_s_own_rhythm(
    listen: Callable[..., Heard], state: State
) -> None:
    """Three posts at noon every day of two weeks, and one noon was missed: about three are missing."""
    begin = NOW.replace(hour=0) - 14 * DAY
    noon = [begin + day * DAY + 12 * HOUR + n * timedelta(minutes=9) for day in range(14) for n in range(3)]
    gap = begin + 10 * DAY + 12 * HOUR
    told(state, "collected", begin, gap, run_id=run(state, gap))
    told(state, "missing", gap, gap + HOUR, why="stream", run_id=run(state, gap + HOUR))
    told(state, "collected", gap + HOUR, NOW, run_id=run(state, NOW))
    there = [at for at in noon if not gap <= at < gap + HOUR and at < NOW]
    found = only(listen(there, selection=Selection(since=begin, until=NOW)))

    assert found.missing is not None
    assert round(found.missing.value, 6) == 3
    assert found.missing.low < 3 < found.missing.high
    assert found.heard.method == "rate"
    assert found.heard.share == pytest.approx(39 / 42)
    assert found.heard.low is not None
    assert 0.8 < found.heard.low < 39 / 42 < (found.heard.high or 0) <= 1


def test_without_a_past_the_share_is_at_most_something(listen: Callable[..., Heard], state: State) -> None:
    """What is missing cannot be told by a source that was heard for three hours."""
    told(state, "collected", NOW - 6 * HOUR, NOW - 3 * HOUR, run_id=run(state, NOW - 3 * HOUR))
    told(state, "missing", NOW - 3 * HOUR, NOW, why="paging", run_id=run(state, NOW))
    found = only(listen([NOW - 4 * HOUR]))

    assert (found.missing, found.heard.share, found.heard.method) == (None, None, "unknown")
    assert [cell.missing for cell in found.cells][-3:] == [None] * 3


def test_two_sources_tell_of_each_other_what_both_missed(
    embedded_store: Store,
    state: State,
    tmp_path: Path,
    build_asking: Callable[..., Asking],
    build_post: Callable[..., Post],
    fill: Callable[..., None],
) -> None:
    """A timeline that hides a fifth, and a hashtag's timeline of the same server that hides a tenth."""
    wide = SourceFacts(name="chatra", platform="mastodon", reach=Reach(network="mastodon:a"))
    tag = SourceFacts(name="tag", platform="mastodon", reach=Reach(network="mastodon:a", hashtag="tea"))
    for name in ("chatra", "tag"):
        told(state, "collected", NOW - 12 * HOUR, NOW, source=name)
    posts = []
    for number in range(500):
        at = NOW - timedelta(minutes=1 + number)
        there = [*(["chatra"] if number % 5 else []), *(["tag"] if number // 5 % 10 else [])]
        posts += [build_post(number, at, 1, "#tea", source=name) for name in there]
    fill(embedded_store, state, tmp_path, posts)
    asking = build_asking(embedded_store, state, sources=(wide, tag), now=NOW, time_zone="UTC")
    found = heard(asking, TODAY).value
    shares = {source.source: source.heard for source in found.sources}

    assert shares["chatra"].method == shares["tag"].method == "recapture"
    assert shares["chatra"].share == pytest.approx(0.8, abs=0.03)
    assert shares["tag"].share == pytest.approx(0.9, abs=0.03)
    assert found.posts.value == 490
    assert found.heard.share == pytest.approx(0.98, abs=0.02)
    assert (found.heard.low or 0) > 0.95 < (found.heard.high or 0) < 1

    same = (replace(wide, name="chatra", reach=tag.reach), tag)
    asking = build_asking(embedded_store, state, sources=same, now=NOW, time_zone="UTC")
    dependent = heard(asking, TODAY).value.sources[0].heard
    assert (dependent.share, dependent.low) == (None, None)
    assert 0.8 < (dependent.high or 0) < 1


@pytest.mark.es
def test_both_engines_give_the_same_strip(
    embedded_store: Store,
    elasticsearch_settings: StoreSettings,
    state: State,
    tmp_path: Path,
    build_asking: Callable[..., Asking],
    build_post: Callable[..., Post],
    fill: Callable[..., None],
) -> None:
    """Hours, days and months, in a zone of half an hour, with gaps and with two sources that overlap."""
    rng = random.Random(3)
    reach = [Reach(network="mastodon:a"), Reach(network="mastodon:a", hashtag="tea"), None]
    facts = [
        SourceFacts(name=name, platform="mastodon", every=timedelta(minutes=15), reach=each)
        for name, each in zip(("chatra", "tag", "teapot"), reach, strict=True)
    ]
    for name in ("chatra", "tag"):
        told(state, "collected", NOW - 20 * DAY, NOW - 5 * DAY, source=name)
        told(state, "collected", NOW - 4 * DAY, NOW - 4 * HOUR, source=name)
        told(state, "missing", NOW - 5 * DAY, NOW - 4 * DAY, why="downtime", source=name)
    told(state, "missing", NOW - 2 * DAY, NOW - 2 * DAY, why="gap", posts=4)
    made = [
        build_post(number, NOW - 20 * DAY * rng.random(), number % 9, "#tea", source=name)
        for number in range(400)
        for name in rng.choice([["chatra"], ["tag"], ["chatra", "tag"], ["chatra", "tag"], ["teapot"]])
    ]
    other = open_store(elasticsearch_settings)
    other.ensure()
    fill(embedded_store, state, tmp_path, made)
    fill(other, state, tmp_path, made)
    for selection in (
        Selection(since=NOW - 30 * HOUR, until=NOW),
        Selection(since=NOW - 7 * DAY, until=NOW),
        Selection(since=NOW - 500 * DAY, until=NOW),
        Selection(since=NOW - 7 * DAY, until=NOW, source="chatra"),
    ):
        one, two = (
            heard(build_asking(engine, state, sources=tuple(facts), now=NOW), selection).value
            for engine in (embedded_store, other)
        )
        assert one == two
        assert "rate" in one.heard.method
        assert 0 < (one.sources[0].heard.share or 0) < 1
    other.close()


def test_a_year_of_many_sources_is_bounded(
    embedded_store: Store, state: State, build_asking: Callable[..., Asking]
) -> None:
    """Twenty sources with an outage a day: as many buckets as days, and no more reasons than are shown."""
    facts = tuple(replace(FACTS, name=f"s{number}") for number in range(20))
    rows = []
    for each in facts:
        for at in (NOW - day * DAY for day in range(365)):
            row = Stretch(source=each.name, what="collected", since=at - DAY, until=at - HOUR, run_id="r")
            rows += [row, replace(row, what="missing", since=at - HOUR, until=at, why="paging")]
    ledger.add(state, rows)
    counted = 0
    search = embedded_store.search

    def counting(*arguments: Any, **options: Any) -> Any:
        nonlocal counted
        counted += 1
        return search(*arguments, **options)

    embedded_store.search = counting  # type: ignore[method-assign]
    asking = build_asking(embedded_store, state, sources=facts, now=NOW)
    found = heard(asking, Selection(since=NOW - 365 * DAY, until=NOW)).value

    assert [len(source.cells) for source in found.sources] == [366] * 20
    assert {len(source.reasons) for source in found.sources} == {REASONS}
    assert {source.reasons_all for source in found.sources} == {365}
    assert counted < 20
