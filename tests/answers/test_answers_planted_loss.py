"""A planted loss: what is missing is known to the test, and the ledger's interval has to contain it.

A server of Mastodon's kind writes for a week. Its public timeline never shows a fifth of the posts and its
timeline of a hashtag a tenth; for a day it is down, and afterwards its second page is the first one again.
Two sources listen to it every two hours, read by the parser of the platform; what they wrote into the
ledger, the runs that failed and the posts in the store are all that the answer has.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from answers.asking import Asking, SourceFacts
from answers.heard import Heard, heard
from answers.reach import Reach
from crawlers.ledger import Ledger
from crawlers.pages.mastodon import read_statuses
from crawlers.pages.mastodon_people import Seen
from posts.post import Post
from posts.selection import Selection
from store import heard as ledgers
from store import open_store
from store.protocol import StoreSettings
from store.state import State
from trends.recapture import Share

END = datetime(2026, 11, 22, 18, tzinfo=UTC)
WEEK = timedelta(days=7)
EVERY = timedelta(hours=2)
PAGE = 40
SEEDS = 50
NETWORK = "mastodon:town.example"


@dataclass(slots=True)
class Town:
    """The server: its posts by number, and which of them each timeline never shows."""

    rng: random.Random
    posts: list[tuple[datetime, bool]] = field(default_factory=list)
    hidden: dict[str, set[int]] = field(default_factory=dict)
    down: tuple[datetime, datetime] = (END, END)

    def live(self) -> None:
        """A week of posts: fewer by night, some days busier, half of them with the hashtag."""
        busy = {day: self.rng.gammavariate(25, 1 / 25) for day in range(-8, 1)}
        minute = END - WEEK
        while minute < END:
            night = 1 - 0.8 * math.cos((minute.hour - 3) * math.pi / 12)
            rate = 6.5 / 60 * night * busy[(minute - END).days]
            if self.rng.random() < rate:
                self.posts.append((minute, self.rng.random() < 0.5))
            minute += timedelta(minutes=1)
        for name, share in (("public", 0.2), ("tag", 0.1)):
            self.hidden[name] = {n for n in range(len(self.posts)) if self.rng.random() < share}
        begin = END - WEEK + timedelta(days=self.rng.randint(2, 4), hours=2 * self.rng.randint(0, 11))
        self.down = begin, begin + timedelta(days=1)

    def of(self, name: str) -> list[int]:
        """The posts that a timeline should have."""
        return [number for number, (_, tagged) in enumerate(self.posts) if tagged or name == "public"]

    def page(self, name: str, now: datetime, below: int | None) -> bytes | None:
        """An answer: the newest posts; below them the same once more. ``None`` while it is down."""
        if self.down[0] <= now < self.down[1]:
            return None
        there = [n for n in self.of(name) if n not in self.hidden[name] and self.posts[n][0] < now]
        return json.dumps([self._status(number) for number in there[-PAGE:][::-1]]).encode()

    def _status(self, number: int) -> dict[str, Any]:
        at, tagged = self.posts[number]
        return {
            "id": str(number), "uri": f"https://town.example/users/sara/statuses/{number}",
            "created_at": at.isoformat().replace("+00:00", "Z"), "visibility": "public",
            "content": "<p>chai #tea</p>" if tagged else "<p>chai</p>",
            "account": {"id": "1", "username": "sara", "acct": "sara"},
        }  # fmt: skip


def crawl(town: Town, name: str, state: State, now: datetime, known: datetime | None) -> list[Post]:
    """One crawl as a spider of newest pages makes it: down to what is known, or until nothing is new."""
    run_id = f"{name}-{now.isoformat()}"
    state.begin_run(run_id, job=name, due_at=now, started_at=now)
    ledger = Ledger(source=name, run_id=run_id)
    seen = Seen(server="town.example", domain="town.example", source=name, at=now, run_id=run_id)
    found: dict[str, Post] = {}
    below: int | None = None
    while True:
        answer = town.page(name, now, below)
        if answer is None:
            state.end_run(run_id, ended_at=now, outcome="error", reason="the server is broken (HTTP 503)")
            return []
        reading = read_statuses(answer, seen)
        ledger.read(reading)
        new = {post.id: post for post in reading.posts if post.id not in found}
        found |= new
        oldest = min((post.created_at for post in found.values()), default=now)
        full = len(reading.posts) == PAGE
        if not full or not new or (known is not None and oldest <= known):
            break
        below = int(reading.local_ids[-1])
    reached = not full or (known is not None and oldest <= known)
    begin = known or END - WEEK
    fresh = [post for post in found.values() if known is None or post.created_at > known]
    ledger.heard(begin if reached else oldest, now, posts=len(fresh))
    if not reached:
        ledger.miss("paging", begin, oldest)
    ledgers.add(state, ledger.stretches)
    ledgers.compact(state, name, now=now, few=20)
    state.end_run(run_id, ended_at=now, outcome="ok", details=ledger.details())
    return fresh


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the ledger says and what is true, by source; ``""`` is both together."""

    told: dict[str, Share]
    true: dict[str, float]
    found: Heard

    def holds(self, name: str) -> bool:
        share = self.told[name]
        assert share.low is not None
        assert share.high is not None
        return share.low <= self.true[name] <= share.high

    def width(self, name: str) -> float:
        share = self.told[name]
        return (share.high or 0) - (share.low or 0)


@contextmanager
def listened(
    seed: int, folder: Path, build_asking: Callable[..., Asking], fill: Callable[..., None]
) -> Iterator[Outcome]:
    """A week of crawls of a town of this seed, and what comes of it."""
    town = Town(random.Random(seed))
    town.live()
    folder.mkdir()
    store = open_store(StoreSettings(folder=folder / "index"))
    store.ensure()
    with State(folder / "state.sqlite") as state:
        state.connection.execute("PRAGMA synchronous=OFF")
        got: dict[str, set[str]] = {"public": set(), "tag": set()}
        taken: list[Post] = []
        for name, ids in got.items():
            known: datetime | None = None
            now = END - WEEK
            while now < END:
                now += EVERY
                fresh = crawl(town, name, state, now, known)
                taken += fresh
                ids |= {post.id for post in fresh}
                known = max([post.created_at for post in fresh], default=known)
        fill(store, state, folder, sorted(taken, key=lambda post: post.collected_at))
        facts = (
            SourceFacts(name="public", platform="mastodon", every=EVERY, reach=Reach(network=NETWORK)),
            SourceFacts(
                name="tag", platform="mastodon", every=EVERY, reach=Reach(network=NETWORK, hashtag="tea")
            ),
        )
        asking = build_asking(store, state, sources=facts, now=END, time_zone="UTC")
        found = heard(asking, Selection(since=END - WEEK, until=END)).value
        true = {name: len(ids) / len(town.of(name)) for name, ids in got.items()}
        true[""] = len(got["public"] | got["tag"]) / len(town.posts)
        told = {source.source: source.heard for source in found.sources} | {"": found.heard}
        yield Outcome(told, true, found)
    store.close()


def hold(outcomes: list[Outcome], least: int) -> None:
    """The interval contains the truth in so many of the runs, and says something."""
    for name in ("public", "tag", ""):
        held = sum(outcome.holds(name) for outcome in outcomes)
        widths = [outcome.width(name) for outcome in outcomes]
        errors = [(outcome.told[name].share or 0) - outcome.true[name] for outcome in outcomes]
        figures = name or "together", held, max(widths), sum(widths) / len(widths), sum(errors) / len(errors)
        assert held >= least, figures
        assert max(widths) < 0.3, figures
        assert sum(widths) / len(widths) < 0.15, figures
        assert abs(sum(errors) / len(errors)) < 0.05, figures


def test_the_interval_contains_a_planted_loss(
    tmp_path: Path, build_asking: Callable[..., Asking], fill: Callable[..., None]
) -> None:
    """Five worlds: hidden posts, a day of downtime and a repeating page are told as what they are."""
    outcomes = []
    for seed in range(5):
        with listened(seed, tmp_path / str(seed), build_asking, fill) as outcome:
            outcomes.append(outcome)
            public = outcome.found.sources[0]
            assert public.heard.method == "recapture and rate"
            assert {reason.why for reason in public.reasons} >= {"paging"}
            assert 0.6 < outcome.true["public"] < 0.8
    hold(outcomes, 5)


@pytest.mark.soak
@pytest.mark.timeout(1_800)
def test_the_interval_contains_a_planted_loss_in_nine_of_ten_worlds(
    tmp_path: Path, build_asking: Callable[..., Asking], fill: Callable[..., None]
) -> None:
    """Fifty worlds: the truth lies within the interval of 95 % in at least 45."""
    outcomes = []
    for seed in range(100, 100 + SEEDS):
        with listened(seed, tmp_path / str(seed), build_asking, fill) as outcome:
            outcomes.append(outcome)
    hold(outcomes, 45)
