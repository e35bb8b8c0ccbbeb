"""A forecast in sentences: how much comes, how the like fared on the past, or why nothing can be told."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from answers.forecast import Outlook
from posts.answer import Figure
from trends.forecast import Cannot, Check
from words import dates, digits, texts

_ALIKE: Final = 0.05
"""Errors that differ by less are the same."""


def sentences(outlook: Outlook, language: str, time_zone: str, calendar: str) -> list[str]:
    """What there is to say, one sentence each: the sum, its check, the check of steps, the verdict."""
    found = []
    if outlook.cannot is not None:
        found.append(reason(outlook.cannot, outlook.horizon, language))
    else:
        found.append(_whole(outlook, language, time_zone, calendar))
    if outlook.check is not None:
        told = fared(outlook.check, outlook.horizon, language)
        # What cannot be told has no verdict: neither the forecast nor the copy is to be believed.
        found += told if outlook.cannot is None else told[:-1]
    if outlook.unheard:
        steps = texts.counted(f"common.unit.{outlook.horizon}", outlook.unheard, language)
        found.append(texts.text(f"forecast.unheard.{outlook.horizon}", language, steps=steps))
    return found


def _whole(outlook: Outlook, language: str, time_zone: str, calendar: str) -> str:
    """The sum of the steps with its intervals."""
    origin = dates.date_time(outlook.origin, language, time_zone, calendar)
    if outlook.horizon == "day":
        origin = dates.day(outlook.origin, language, time_zone, calendar)
    if outlook.total is None:
        return texts.text(f"forecast.no_sum.{outlook.horizon}", language, origin=origin)
    total = outlook.total
    return texts.text(
        f"forecast.whole.{outlook.horizon}", language, origin=origin,
        amount=texts.counted("common.unit.post", round(total.value), language),
        low=amount(total.low80, language), high=amount(total.high80, language),
        inner_low=amount(total.low50, language), inner_high=amount(total.high50, language),
    )  # fmt: skip


def reason(cannot: Cannot, horizon: str, language: str) -> str:
    """Why there is no forecast."""
    unit = f"common.unit.{horizon}"

    def write(value: float) -> str:
        if cannot.reason in ("short", "silent"):
            return texts.counted(unit, int(value), language)
        if cannot.reason == "burst":
            return digits.number(value, language, 0 if value >= 10 else 1)
        return digits.percent(value, language)

    key = f"forecast.cannot.{cannot.reason}"
    key = f"{key}.{horizon}" if cannot.reason == "silent" else key
    return texts.text(key, language, have=write(cannot.have), need=write(cannot.need))


def fared(check: Check, horizon: str, language: str) -> list[str]:
    """How past forecasts of the same series fared: the sum, the steps, and which to believe."""
    copied = texts.text(f"forecast.copied.{horizon}.{check.copied}", language)
    found = []
    if check.total_error is not None and check.copy_total_error is not None:
        days = timedelta(hours=check.steps) if horizon == "hour" else timedelta(days=check.steps)
        found.append(
            texts.text(
                f"forecast.fared_sum.{horizon}", language, copied=copied,
                tries=texts.counted("forecast.tries", check.origins, language),
                span=texts.counted("common.unit.day", max(1, round(days / timedelta(days=1))), language),
                error=_posts(check.total_error, language),
                copy_error=_posts(check.copy_total_error, language),
                held=digits.percent(check.total_held80, language),
            )
        )  # fmt: skip
    found.append(
        texts.text(
            f"forecast.fared.{horizon}", language, copied=copied,
            error=digits.number(check.error, language, 1),
            copy_error=digits.number(check.copy_error, language, 1),
            mase=digits.number(check.mase, language, 2),
            copy_mase=digits.number(check.copy_mase, language, 2),
            held=digits.percent(check.held80, language),
        )
    )  # fmt: skip
    return [*found, texts.text(f"forecast.verdict.{verdict(check)}", language)]


def verdict(check: Check) -> str:
    """Whether the forecast was better than the copy, the same or worse, by the errors of steps."""
    if check.error < (1 - _ALIKE) * check.copy_error:
        return "better"
    return "worse" if check.error > (1 + _ALIKE) * check.copy_error else "same"


def amount(value: float, language: str) -> str:
    """A count that is expected; a decimal only where it tells something."""
    return digits.number(value, language, 1 if 0.05 <= value < 10 and value != round(value) else 0)


def between(low: float, high: float, language: str) -> str:
    """An interval: "3 to 9"."""
    return texts.text(
        "forecast.from_to", language, low=digits.number(low, language), high=digits.number(high, language)
    )


def _posts(value: float, language: str) -> str:
    return texts.counted("common.unit.post", round(value), language)


def seen(outlook: Outlook) -> list[Figure]:
    """What is counted of each step of the past."""
    return [getattr(step, outlook.measure) for step in outlook.past]
