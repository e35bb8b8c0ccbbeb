"""The table of one window: numbers by hand, statuses of planted tags."""

import numpy as np
import pytest

from trends.snapshot import STATUSES, Snapshot, snapshot

DAY, HOUR = 86_400, 3_600
NOW = 1_764_000_000 // DAY * DAY
Uses = list[tuple[int, int, int]]


def table(uses: Uses, *, window: int = DAY, first: int | None = NOW - 28 * DAY) -> Snapshot:
    columns = np.array(uses, dtype=np.int64).reshape(-1, 3)
    return snapshot(columns[:, 0], columns[:, 1], columns[:, 2], since=NOW - window, until=NOW, first=first)


def row(found: Snapshot, tag: int) -> dict[str, float]:
    at = int(np.flatnonzero(found.tag == tag)[0])
    names = (
        "posts",
        "authors",
        "expected",
        "ratio",
        "score",
        "best_s",
        "best_authors",
        "top_share",
        "peak_at",
    )
    return {name: float(getattr(found, name)[at]) for name in names} | {"place": at}


def status(found: Snapshot, tag: int) -> str:
    return found.status_of(int(np.flatnonzero(found.tag == tag)[0]))


def steady(tag: int, authors: int = 6, *, days: int = 28) -> Uses:
    """The same people, at the same hours, each day."""
    return [(tag, tag * 1000 + a, NOW - d * DAY - a * HOUR - 60) for d in range(days) for a in range(authors)]


def burst(tag: int, authors: int, *, hours_ago: int = 2) -> Uses:
    return [(tag, 500_000 + a, NOW - hours_ago * HOUR + 1 + a) for a in range(authors)]


def test_posts_authors_share_and_peak_are_counted_by_hand() -> None:
    """Seven uses by five people in a day, four in one hour; the window's ends are since and before until."""
    start = NOW - 5 * HOUR
    inside = [(7, 1, start), (7, 1, start + 1), (7, 1, start + 2), (7, 2, start + 3), (7, 3, NOW - DAY)]
    inside += [(7, 4, NOW - 1), (7, 5, NOW - HOUR)]
    found = row(table([*inside, (7, 6, NOW), (7, 8, NOW - DAY - 1)]), 7)

    assert (found["posts"], found["authors"]) == (7, 5)
    assert found["top_share"] == pytest.approx(3 / 7)
    assert found["peak_at"] == start


def test_a_steady_tag_is_expected_as_it_is() -> None:
    """Six authors each day: six are expected, the ratio is 1, the score 0."""
    found = table(steady(1))

    assert row(found, 1)["expected"] == pytest.approx(6)
    assert row(found, 1)["ratio"] == pytest.approx(1)
    assert row(found, 1)["score"] == 0
    assert status(found, 1) == "steady"


def test_a_burst_on_a_steady_tag_rises_in_its_best_window() -> None:
    """Forty new people within the last two hours: rising, best in 3 hours, six expected in the day."""
    found = table([*steady(1), *steady(2), *burst(1, 40)])

    burst_row = row(found, 1)
    assert status(found, 1) == "rising"
    assert burst_row["place"] == 0
    assert burst_row["authors"] == 46
    assert burst_row["expected"] == pytest.approx(6)
    assert burst_row["best_s"] == 3 * HOUR
    assert burst_row["best_authors"] == 43


def test_a_tag_never_seen_before_is_new() -> None:
    """Twelve people use what nobody used in four weeks: new, with no ratio to show."""
    found = table([*steady(1), *burst(2, 12)])

    assert status(found, 2) == "new"
    assert np.isnan(row(found, 2)["ratio"])


def test_one_account_with_hundreds_of_posts_is_below_the_thresholds() -> None:
    """Spam by two accounts is listed last and says so; its top author's share is plain."""
    spam = [(3, 1 + i % 2, NOW - 2 * HOUR + i) for i in range(400)]
    found = table([*steady(1), *spam, *burst(2, 12)])

    assert status(found, 3) == "too little history"
    assert row(found, 3)["place"] == len(found.tag) - 1
    assert row(found, 3)["top_share"] == pytest.approx(0.5)


def test_as_high_in_earlier_weeks_is_seasonal() -> None:
    """Thirty people each week at this hour, nobody else: seasonal, not rising."""
    weekly = [(4, a, NOW - w * 7 * DAY - HOUR + a) for w in range(4) for a in range(30)]
    found = table([*steady(1), *weekly])

    assert status(found, 4) == "seasonal"


def test_as_high_at_this_hour_of_earlier_days_is_seasonal_in_a_short_window() -> None:
    """A daily show of an hour does not rise while it is on."""
    daily = [(5, a, NOW - d * DAY - HOUR + a) for d in range(20) for a in range(25)]
    others = [use for tag in range(20, 40) for use in steady(tag, 24)]
    found = table([*others, *daily], window=3 * HOUR)

    assert status(found, 5) == "seasonal"


def test_half_of_the_usual_is_fading() -> None:
    """Sixty people each day, ten today: fading."""
    before = [(6, a, NOW - d * DAY - (a % 24) * HOUR - 9) for d in range(1, 20) for a in range(60)]
    today = [(6, a, NOW - a * HOUR - 9) for a in range(10)]

    assert status(table([*steady(1), *before, *today]), 6) == "fading"


def test_without_three_days_of_history_nothing_rises() -> None:
    """Two days after listening began every tag has too little history, ordered by authors."""
    found = table([*steady(1, days=2), *burst(2, 40)], first=NOW - 2 * DAY)

    assert {found.status_of(i) for i in range(len(found.tag))} == {"too little history"}
    assert found.tag.tolist() == [2, 1]


def test_days_on_which_nothing_was_heard_do_not_lower_the_habit() -> None:
    """After a week without a single post of any tag the usual is still the usual."""
    heard = [use for use in steady(1) if not NOW - 9 * DAY <= use[2] < NOW - 2 * DAY]

    assert row(table(heard), 1)["expected"] == pytest.approx(6)


def test_a_week_is_compared_with_weeks() -> None:
    """In a window of seven days the same people each week are expected, new ones rise, and are over."""
    found = table([*steady(1), *burst(2, 40, hours_ago=100), *steady(2)], window=7 * DAY)

    assert row(found, 1)["expected"] == pytest.approx(6)
    assert status(found, 1) == "steady"
    assert status(found, 2) == "peaked"
    assert row(found, 2)["best_s"] == 7 * DAY


def test_uses_without_an_author_are_posts_of_nobody() -> None:
    """A feed that names no author adds posts, not people."""
    found = row(table([(1, -1, NOW - 5), (1, -1, NOW - 6), (1, 9, NOW - 7)]), 1)

    assert (found["posts"], found["authors"]) == (3, 1)


def test_an_empty_window_is_an_empty_table() -> None:
    """Nothing in, nothing out; uses before the window only are nothing too."""
    assert len(table([]).tag) == 0
    assert len(table([(1, 1, NOW - 3 * DAY)]).tag) == 0
    with pytest.raises(ValueError, match="after since"):
        snapshot(*(np.zeros(0, dtype=np.int64),) * 3, since=5, until=5)


def test_every_status_has_its_number() -> None:
    """The numbers in the table stand for the names, all of them known."""
    found = table([*steady(1), *burst(2, 12)])

    assert all(0 <= code < len(STATUSES) for code in found.status.tolist())


def test_nothing_after_the_end_is_looked_at() -> None:
    """Rows from the window's end on change no number of the table."""
    before = table([*steady(1), *burst(2, 12)])
    after = table([*steady(1), *burst(2, 12), *((1, 900 + a, NOW + a) for a in range(500)), (9, 1, NOW)])

    for name in Snapshot.__dataclass_fields__:
        assert np.array_equal(getattr(before, name), getattr(after, name), equal_nan=True), name


def test_one_chosen_window_is_compared_alone() -> None:
    """A burst of the last hour is one of three hours where only those are asked for."""
    found = table([*steady(1), *burst(1, 40, hours_ago=1)], window=3 * HOUR)
    chosen = snapshot(
        *np.array([*steady(1), *burst(1, 40, hours_ago=1)]).T, since=NOW - 3 * HOUR, until=NOW,
        first=NOW - 28 * DAY, windows=(3 * HOUR,),
    )  # fmt: skip

    assert row(found, 1)["best_s"] == HOUR
    assert row(chosen, 1)["best_s"] == 3 * HOUR


def test_a_rise_that_is_over_has_peaked() -> None:
    """Sixty people twenty hours ago and two since: past its highest hour; sixty in the last hour are not."""
    over = [*burst(2, 60, hours_ago=20), *burst(2, 2, hours_ago=3)]

    assert status(table([*steady(1, 24), *over]), 2) == "peaked"
    assert status(table([*steady(1, 24), *burst(2, 60, hours_ago=1)]), 2) == "new"


def test_who_and_how_quickly_stand_beside_the_count() -> None:
    """Ten posts: 4, 3, 1, 1 and 1 by author, six of them within five minutes."""
    by, start = [1, 1, 1, 1, 2, 2, 2, 3, 4, 5], NOW - 5 * HOUR
    at = [start + 10 * n for n in range(6)] + [start + HOUR * (n + 1) for n in range(4)]
    found = table([(7, a, t) for a, t in zip(by, at, strict=True)])

    assert found.top3_share.tolist() == [pytest.approx(0.8)]
    assert found.at_once.tolist() == [pytest.approx(0.6)]
    assert found.curve.sum() == 10
    assert found.is_new.tolist() == [True]


def test_a_schedule_is_told() -> None:
    """What comes each week at this hour is weekly, what comes each day is daily, the rest neither."""
    weekly = [(4, a, NOW - w * 7 * DAY - HOUR + a) for w in range(4) for a in range(30)]
    daily = [(5, a, NOW - d * DAY - HOUR + a) for d in range(20) for a in range(25)]
    others = [use for tag in range(20, 40) for use in steady(tag, 24)]
    found = table([*others, *weekly, *daily], window=3 * HOUR)
    told = {int(tag): found.rhythm_of(place) for place, tag in enumerate(found.tag)}

    assert (told[4], told[5], told[20]) == ("weekly", "daily", "")
