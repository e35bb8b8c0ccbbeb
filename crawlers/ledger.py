"""What happens in one crawl, counted as it happens, and the state it ends in.

Nothing that went wrong may look like success: a run is ``ok`` only when nothing was noted against it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any, Literal

from crawlers.pages.fields import Reading
from posts.errors import RateLimited, SourceError
from store.heard import Stretch, What, Why

Outcome = Literal["ok", "partial", "error", "refused", "put off", "not set up"]


@dataclass(slots=True)
class Ledger:
    """Counts of a crawl: ``asked`` requests sent, ``got`` posts (and ``profiles``) safe in the spool,
    ``refused`` items.

    ``stretches`` say what of the source's time was heard and what was not (`store.heard`). ``limits`` are
    the budgets that its servers tell, by host: what is left, of how much, and the seconds until it is new.
    ``delays_s`` are the seconds between the writing of new posts and their being heard.
    """

    source: str = ""
    run_id: str = ""
    asked: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    items: int = 0
    got: int = 0
    profiles: int = 0
    refused: int = 0
    files: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)
    shortfalls: list[str] = field(default_factory=list)
    errors: list[SourceError] = field(default_factory=list)
    waited_s: float = 0.0
    put_off_until: datetime | None = None
    put_off_reason: str = ""
    stretches: list[Stretch] = field(default_factory=list)
    limits: dict[str, dict[str, float]] = field(default_factory=dict)
    delays_s: list[float] = field(default_factory=list)

    def heard(self, since: datetime, until: datetime, *, posts: int, query: str = "") -> None:
        """All that was posted in this time was read (or what ``query`` finds of it)."""
        self._note("collected", since, until, posts, query, "")

    def miss(
        self, why: Why, since: datetime, until: datetime, *, posts: int | None = None, query: str = ""
    ) -> None:
        """Posts of this time were not read: so many, as far as that is known."""
        self._note("missing", since, until, posts, query, why)

    def lose(self, at: datetime, *, posts: int = 1) -> None:
        """Posts of this moment have been deleted since."""
        self._note("deleted", at, at, posts, "", "deleted")

    def _note(
        self, what: What, since: datetime, until: datetime, posts: int | None, query: str, why: Why
    ) -> None:
        self.stretches.append(
            Stretch(
                source=self.source, what=what, since=since, until=max(since, until), posts=posts,
                query=query, why=why, run_id=self.run_id,
            )
        )  # fmt: skip

    def read(self, reading: Reading) -> None:
        """Count what was read in an answer."""
        self.items += reading.items
        self.passed_over.update(reading.passed_over)
        self.unread.update(reading.unread)
        for remark in reading.remarks:
            self.remark(remark)

    def remark(self, text: str) -> None:
        """Something worth knowing that is no fault."""
        if text not in self.remarks and len(self.remarks) < 20:
            self.remarks.append(text)

    def fall_short(self, text: str) -> None:
        """Something is missing although the crawl went on: the run is partial."""
        if text not in self.shortfalls and len(self.shortfalls) < 20:
            self.shortfalls.append(text)

    def fail(self, error: SourceError) -> None:
        """The crawl could not go on here."""
        self.errors.append(error)
        if isinstance(error, RateLimited):
            self.put_off_until = max(error.until, self.put_off_until or error.until)
            self.put_off_reason = error.told

    @property
    def error(self) -> str:
        """The name of the first error's class, empty if there was none."""
        return type(self.errors[0]).__name__ if self.errors else ""

    def outcome(self) -> tuple[Outcome, str]:
        """The state the run ends in and the reason in one sentence."""
        missing = list(self.shortfalls)
        if self.refused:
            missing.append(f"{self.refused} of {self.items} items could not be read (see the dead letters)")
        if not self.errors:
            return ("partial", "; ".join(missing)) if missing else ("ok", "; ".join(self.remarks))
        first = self.errors[0]
        reason = "; ".join([first.told, *missing])
        for error in self.errors:
            if isinstance(error, RateLimited):
                return "put off", f"{error.told}; put off until {error.until:%Y-%m-%d %H:%M:%S} UTC"
        if self.got:
            return "partial", reason
        state: Outcome = first.state if first.state in {"refused", "not set up", "put off"} else "error"  # type: ignore[assignment]
        return state, reason

    def _heard(self) -> int | None:
        """How many posts the time that was read had, looks at older ones left out; ``None`` if none was."""
        told = [s.posts for s in self.stretches if s.what == "collected" and s.posts is not None]
        return sum(told) if told else None

    def details(self) -> dict[str, Any]:
        """What a person may want to look at: the details of the run."""
        return {
            "answers": {str(status): count for status, count in sorted(self.answers.items())},
            "items": self.items,
            "heard": self._heard(),
            "profiles": self.profiles,
            "passed_over": dict(self.passed_over),
            "unread": dict(self.unread.most_common(50)),
            "remarks": self.remarks,
            "waited_s": round(self.waited_s, 1),
            "limits": self.limits,
            "delay_s": round(median(self.delays_s), 1) if self.delays_s else None,
            "put_off_until": None if self.put_off_until is None else self.put_off_until.isoformat(),
        }
