"""Made accounts: when people and programs post, by simple models of both.

People have a day of their own (seven to nine hours of sleep, seldom broken), sit down at random moments
and post a few times in each sitting, minutes apart (a waiting time that is log-normal). The models are
ours and plain: figures on them say what a method can do, not what it does on a platform.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
HOUR, DAY = 3_600, 86_400
START = 1_764_000_000


def person(rng: np.random.Generator, *, days: int, a_day: float, awake_at_night: float = 0.02) -> Ints:
    """Sittings by day, a few posts in each."""
    asleep_at, sleeps = rng.uniform(0, 24), rng.uniform(6.5, 9)
    liveliness = np.exp(rng.normal(0, 0.5, 24))
    times: list[float] = []
    for day in range(days):
        of_day = a_day * rng.gamma(2, 0.5)
        for _ in range(rng.poisson(of_day / 2.5)):
            hour = rng.choice(24, p=liveliness / liveliness.sum()) + rng.uniform()
            if (hour - asleep_at - rng.normal(0, 0.5)) % 24 < sleeps and rng.uniform() > awake_at_night:
                continue
            moment = START + day * DAY + hour * HOUR
            for _ in range(rng.geometric(0.4)):
                times.append(moment)
                moment += np.exp(rng.normal(5.0, 1.2))
    return np.sort(np.array(times, dtype=np.int64))


def team(rng: np.random.Generator, *, days: int, a_day: float) -> Ints:
    """Three people who take turns around the clock: a newsroom."""
    return np.sort(np.concatenate([person(rng, days=days, a_day=a_day / 3) for _ in range(3)]))


def of_habit(rng: np.random.Generator, *, days: int, a_day: float) -> Ints:
    """A person who also writes every morning at eight and every evening at nine, give or take minutes."""
    every = START + np.arange(days) * DAY
    early, late = rng.normal(0, 300, days), rng.normal(0, 600, days)
    habits = np.concatenate([every + 8 * HOUR + early, every + 21 * HOUR + late])
    return np.sort(np.concatenate([person(rng, days=days, a_day=a_day), habits.astype(np.int64)]))


def on_shifts(rng: np.random.Generator, *, days: int, a_day: float) -> Ints:
    """A person whose nights move by eight hours every week."""
    weeks = [person(rng, days=7, a_day=a_day) + week * 7 * DAY for week in range(-(-days // 7))]
    own = np.concatenate(weeks)
    return np.sort(own + (own - START) // DAY // 7 * 8 * HOUR)


def commentator(rng: np.random.Generator, *, days: int, a_day: float) -> Ints:
    """A person who writes through a match twice a week, every two or three minutes."""
    own = person(rng, days=days, a_day=a_day / 2)
    kick_off = START + rng.choice(days, max(1, days * 2 // 7), replace=False) * DAY + 18 * HOUR
    match = [start + np.cumsum(np.exp(rng.normal(5, 0.6, 35))) for start in kick_off]
    return np.sort(np.concatenate([own, *match]).astype(np.int64))


def planned(rng: np.random.Generator, *, days: int, a_day: float) -> Ints:
    """A person who plans every second post ahead, at a full or half hour."""
    own = person(rng, days=days, a_day=a_day / 2)
    ahead = START + rng.integers(0, days, len(own)) * DAY + rng.integers(14, 40, len(own)) * HOUR // 2
    return np.sort(np.concatenate([own, ahead + rng.integers(0, 20, len(own))]))


def timer(rng: np.random.Generator, *, days: int, a_day: float, jitter: float = 0.0) -> Ints:
    """Every so many seconds, give or take a share of them."""
    gap = DAY / a_day
    steps = gap * (1 + rng.uniform(-jitter, jitter, int(days * a_day)))
    return (START + np.cumsum(steps)).astype(np.int64)


def by_the_clock(rng: np.random.Generator, *, days: int, a_day: float, by_day: bool = False) -> Ints:
    """At one minute of the hour, in hours by chance (by day only, if so)."""
    minute = rng.integers(0, 60)
    hours = np.arange(days * 24)
    if by_day:
        hours = hours[(hours % 24 >= 7) & (hours % 24 < 23)]
    chosen = hours[rng.uniform(size=len(hours)) < a_day / 24]
    return START + chosen * HOUR + minute * 60 + rng.integers(0, 4, len(chosen))


def feed(rng: np.random.Generator, *, days: int, a_day: float) -> Ints:
    """What a person published, passed on by a program that looks every ten minutes."""
    own = person(rng, days=days, a_day=a_day)
    looked = -(-own // 600) * 600
    within = np.arange(len(looked)) - np.searchsorted(looked, looked)
    return looked + 2 * within + rng.integers(0, 3, len(looked))


def at_random(rng: np.random.Generator, *, days: int, a_day: float) -> Ints:
    """Day and night, at moments by chance."""
    return np.sort(START + rng.integers(0, days * DAY, int(days * a_day)))


def like_a_person(rng: np.random.Generator, *, days: int, a_day: float) -> Ints:
    """A program that keeps people's hours: only its texts can tell."""
    return person(rng, days=days, a_day=a_day)


PEOPLE: dict[str, Callable[..., Ints]] = {
    "person": person,
    "person, up at night": lambda rng, **of: person(rng, awake_at_night=0.25, **of),
    "person of habits": of_habit,
    "person on shifts": on_shifts,
    "commentator of matches": commentator,
    "newsroom of three": team,
    "person who plans half ahead": planned,
}
PROGRAMS: dict[str, Callable[..., Ints]] = {
    "timer": timer,
    "timer, give or take 10 %": lambda rng, **of: timer(rng, jitter=0.1, **of),
    "timer, give or take 50 %": lambda rng, **of: timer(rng, jitter=0.5, **of),
    "by the clock": by_the_clock,
    "by the clock, by day": lambda rng, **of: by_the_clock(rng, by_day=True, **of),
    "feed passed on": feed,
    "at random, day and night": at_random,
    "program with people's hours": like_a_person,
}
