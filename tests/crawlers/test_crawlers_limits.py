"""What servers tell of their limits, in every platform's own headers, and what a crawl makes of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.limits import HEADERS, Budget, asked_wait, budget_of

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
EPOCH = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("headers", "left", "of", "reset_s"),
    [
        pytest.param(
            {
                "x-ratelimit-limit": "300",
                "x-ratelimit-remaining": "12",
                "x-ratelimit-reset": "2026-11-01T12:05:00.497737Z",
            },
            12, 300, 300.497737, id="mastodon",
        ),
        pytest.param(
            {"ratelimit-limit": "3000", "ratelimit-remaining": "2999", "ratelimit-reset": str(EPOCH + 60),
             "ratelimit-policy": "3000;w=300"},
            2999, 3000, 60, id="bluesky",
        ),
        pytest.param(
            {"x-rate-limit-limit": "60", "x-rate-limit-remaining": "59",
             "x-rate-limit-reset": str(EPOCH + 900)},
            59, 60, 900, id="x",
        ),
        pytest.param(
            {"x-ratelimit-used": "19", "x-ratelimit-remaining": "81.0", "x-ratelimit-reset": "301"},
            81, 100, 301, id="reddit",
        ),
        pytest.param(
            {"ratelimit-limit": "100, 100;w=60", "ratelimit-remaining": "50", "ratelimit-reset": "5"},
            50, 100, 5, id="draft 3",
        ),
        pytest.param({"ratelimit": "limit=100, remaining=50, reset=5"}, 50, 100, 5, id="draft 7"),
        pytest.param(
            {"ratelimit": '"burst";r=9;t=1, "day";r=2;t=4000',
             "ratelimit-policy": '"burst";q=10;w=1, "day";q=500'},
            2, 500, 4000, id="draft 10, the tighter",
        ),
        pytest.param({"x-ratelimit-remaining": "3"}, 3, None, None, id="only what is left"),
    ],
)  # fmt: skip
def test_budgets_in_every_form(
    headers: dict[str, str], left: float, of: float | None, reset_s: float | None
) -> None:
    """What is left, of how many, and the seconds until they are new."""
    found = budget_of(headers, now=NOW)

    assert found is not None
    assert (found.left, found.of) == (left, of)
    assert found.reset_s == (None if reset_s is None else pytest.approx(reset_s))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"ratelimit": "limit=100, remaining=0, reset=7"}, 7.0),
        ({"ratelimit-reset": str(EPOCH + 30)}, 30.0),
        ({"x-rate-limit-reset": str(EPOCH + 900)}, 900.0),
        ({"retry-after": "2", "ratelimit-reset": "900"}, 2.0),
        ({"ratelimit": '"a";r=0;t=11'}, 11.0),
    ],
)
def test_the_wait_is_found_in_each(headers: dict[str, str], seconds: float) -> None:
    """Retry-After comes first; without it the reset of whichever family there is."""
    assert asked_wait(headers, now=NOW) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("budget", "pause_s"),
    [
        (Budget(left=0, of=300, reset_s=120), 120),
        (Budget(left=0), 0),
        (Budget(left=30, of=300, reset_s=120), 0),
        (Budget(left=29, of=300, reset_s=120), 4),
        (Budget(left=9, reset_s=100), 10),
        (Budget(left=10, reset_s=100), 0),
        (Budget(left=1, of=5, reset_s=100), 0),
    ],
)
def test_what_is_left_is_spread(budget: Budget, pause_s: float) -> None:
    """Nothing left: wait for the reset. Less than a tenth left: it lasts until then."""
    assert budget.pause_s == pause_s


@given(
    st.dictionaries(st.sampled_from(HEADERS), st.text(max_size=60) | st.from_regex(r"[-+\d.;=rtqw, e]{0,40}"))
)
def test_no_header_breaks_it(headers: dict[str, str]) -> None:
    """Whatever stands there: a wait of a number of seconds that is none below zero, or nothing."""
    budget, wait = budget_of(headers, now=NOW), asked_wait(headers, now=NOW)

    assert budget is None or (budget.pause_s >= 0 and budget.left >= 0)
    assert wait is None or wait >= 0
