"""A back-test in words: what was judged, how rankings compare, and when a rise was listed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, Literal

from answers.backtest import LEAST_DAYS, LEAST_EPISODES, Backtest, Ranked, Rise
from trends.backtest import Against, Estimate
from words import dates, digits, texts

Verdict = Literal["more", "less", "same"]
_COMPARED: Final = ("precision", "listed", "before", "false_a_day")
_BETTER: Final = {"precision": "more", "listed": "more", "before": "more", "false_a_day": "less"}


def intro(found: Backtest, language: str, time_zone: str, calendar: str) -> str:
    """What was judged, or why nothing can be told."""
    days = texts.counted("common.unit.day", round(found.days), language)
    rises = texts.counted("backtest.rises", len(found.rises), language)
    if found.cannot == "short":
        need = texts.counted("common.unit.day", LEAST_DAYS, language)
        return texts.text("backtest.cannot.short", language, days=days, need=need)
    if found.cannot == "few":
        need = digits.number(LEAST_EPISODES, language)
        return texts.text("backtest.cannot.few", language, rises=rises, days=days, need=need)
    return texts.text(
        "backtest.intro", language, rises=rises,
        since=dates.date_time(found.since, language, time_zone, calendar),
        until=dates.date_time(found.until, language, time_zone, calendar),
        least=texts.counted("common.unit.author", found.least, language),
    )  # fmt: skip


def name(ranking: str, language: str) -> str:
    """What a ranking is called."""
    key = f"backtest.ranking.{ranking}"
    return texts.text(key, language) if texts.known(key) else ranking


def verdict(difference: Estimate) -> Verdict:
    """Whether ours has more of a thing than another, less, or the difference may be chance."""
    if difference.low > 0:
        return "more"
    return "less" if difference.high < 0 else "same"


def said(against: Against | None, language: str) -> str:
    """What ours does better and worse than another, as far as it is not chance."""
    if against is None:
        return texts.text("backtest.ours", language)
    verdicts = {part: verdict(getattr(against, part)) for part in _COMPARED}
    apart = texts.text("common.list_separator", language)
    found = []
    for side in ("better", "worse"):
        keys = [
            f"backtest.verdict.{part}.{how}"
            for part, how in verdicts.items()
            if how != "same" and (how == _BETTER[part]) == (side == "better")
        ]
        if keys:
            parts = apart.join(texts.text(key, language) for key in keys)
            found.append(texts.text(f"backtest.verdict.{side}", language, parts=parts))
    return " ".join(found) or texts.text("backtest.verdict.same", language)


def percent(value: float, language: str) -> str:
    return digits.percent(value, language)


def percents(estimate: Estimate, language: str) -> str:
    """The interval of a share: "25% to 50%"."""
    low, high = (digits.percent(bound, language) for bound in (estimate.low, estimate.high))
    return texts.text("forecast.from_to", language, low=low, high=high)


def numbers(estimate: Estimate, language: str, decimals: int = 0) -> str:
    """The interval of a number: "1.2 to 3.4"."""
    low, high = (digits.number(bound, language, decimals) for bound in (estimate.low, estimate.high))
    return texts.text("forecast.from_to", language, low=low, high=high)


def of_whole(share: float, whole: int, language: str) -> str:
    """So many of all: "7 of 18"."""
    count = digits.number(round(share * whole), language)
    return texts.text("backtest.of", language, n=count, whole=digits.number(whole, language))


def lead(rise: Rise, ranking: str, language: str) -> str:
    """By how much a rise was listed before its peak, or after it, or that it never was."""
    first = rise.listed.get(ranking)
    if first is None:
        return texts.text("backtest.never", language)
    return _lead(rise.peak, first, language)


def _lead(peak: datetime, first: datetime, language: str) -> str:
    hours = round((peak - first) / timedelta(hours=1))
    if not hours:
        return texts.text("backtest.at_peak", language)
    key = "backtest.hours_before" if hours > 0 else "backtest.hours_after"
    return texts.text(key, language, n=texts.counted("common.unit.hour", abs(hours), language))


def record(found: Backtest) -> dict[str, Any]:
    """The back-test as programs read it."""
    return {
        "since": found.since, "until": found.until, "days": found.days, "least": found.least,
        "tags": found.tags, "cannot": found.cannot,
        "rankings": [_ranked(row) for row in found.rankings],
        "rises": [
            {
                "hashtag": rise.name, "key": rise.key,
                "start": rise.start, "peak": rise.peak, "end": rise.end,
                "posts": rise.posts.value, "authors": rise.authors.value, "listed": rise.listed,
            }
            for rise in found.rises
        ],
    }  # fmt: skip


def _ranked(row: Ranked) -> dict[str, Any]:
    score = row.score
    told = {
        part: _estimate(getattr(score, part))
        for part in ("precision", "recall", "listed", "before", "lead_h", "false_a_day")
    }
    against = None
    if row.against is not None:
        against = {
            part: {**_estimate(getattr(row.against, part)), "ours": verdict(getattr(row.against, part))}
            for part in _COMPARED
        }
    return {"ranking": row.name, **told, "ours_less_it": against}


def _estimate(estimate: Estimate | None) -> Any:
    if estimate is None:
        return None
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}
