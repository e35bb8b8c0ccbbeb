"""How our ranking compares is told in words, its losses as plainly as its wins."""

from __future__ import annotations

from reports.backtest import said
from trends.backtest import Against, Estimate

MORE, LESS, SAME = (Estimate(value=mid, low=mid - 1, high=mid + 1) for mid in (2.0, -2.0, 0.0))


def test_losses_are_told_as_plainly_as_wins() -> None:
    """Fewer false alarms are better, fewer listed rises worse; what may be chance is left out."""
    against = Against(precision=SAME, listed=LESS, before=SAME, false_a_day=LESS)
    none = Against(precision=SAME, listed=SAME, before=SAME, false_a_day=SAME)

    assert said(against, "en") == "Better: fewer false alarms. Worse: lists fewer rises."
    assert said(none, "en") == "no difference beyond chance"
    assert said(Against(precision=LESS, listed=MORE, before=LESS, false_a_day=MORE), "en") == (
        "Better: lists more rises. Worse: less precise, fewer before their peak, more false alarms."
    )
