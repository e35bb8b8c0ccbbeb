"""The verbs that look ahead and back, as programs, on the demo."""

from __future__ import annotations

from typing import Any

from trends.rankings import RANKINGS


def test_forecast_of_the_demo(demo: Any) -> None:
    """The tag that every day has: 24 hours whose intervals hold their middle, and its check on the past."""
    found = demo.json("forecast", "--hashtag", "tea")[0]

    assert found["cannot"] is None
    assert len(found["steps"]) == 24
    assert found["total"]["low80"] <= found["total"]["value"] <= found["total"]["high80"]
    assert found["check"]["error"] < found["check"]["copy_error"]
    assert "About" in demo.run("forecast", "--hashtag", "tea").stdout


def test_days_and_authors_are_told_apart(demo: Any) -> None:
    """Seven days; of authors no sum."""
    found = demo.json("forecast", "--hashtag", "tea", "--horizon", "7d", "--measure", "authors")[0]

    assert (found["measure"], found["step"], len(found["steps"]), found["total"]) == (
        "authors",
        "day",
        7,
        None,
    )


def test_backtest_of_the_demo(demo: Any) -> None:
    """All rankings on two weeks, ours first, with the planted launch among the rises."""
    found = demo.json("backtest", "--days", "14")[0]

    assert found["cannot"] is None
    assert [row["ranking"] for row in found["rankings"]] == list(RANKINGS)
    assert "RastaRecall" in {rise["hashtag"] for rise in found["rises"]}
    ours, mastodon, *_ = found["rankings"]
    assert ours["false_a_day"]["value"] < mastodon["false_a_day"]["value"]
    assert mastodon["ours_less_it"]["false_a_day"]["ours"] == "less"
    assert "Mastodon" in demo.run("backtest").stdout
