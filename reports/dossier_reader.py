"""For whom a dossier is written: its words, numbers and times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from answers.dossier import Dossier
from words import dates, digits, texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom a page is written: language, time zone and calendar."""

    language: str
    time_zone: str
    calendar: str

    @classmethod
    def of(cls, dossier: Dossier, language: str, calendar: str) -> Reader:
        """Who reads the dossier: its days are those of its question."""
        return cls(language=language, time_zone=dossier.question.time_zone, calendar=calendar)

    def text(self, key: str, **values: object) -> str:
        """A text of the reports."""
        return texts.text(f"report.{key}", self.language, **values)

    def label(self, name: str) -> str:
        """What all rooms call it."""
        return texts.text(f"common.label.{name}", self.language)

    def name(self, kind: str, code: str) -> str:
        """What a platform, language, mood or status is called; its code where it has no name."""
        for key in (f"common.{kind}.{code}", f"reading.value.{kind}.{code}"):
            if texts.known(key):
                return texts.text(key, self.language)
        return code

    def number(self, value: float | None, decimals: int = 0) -> str:
        return digits.number(value, self.language, decimals)

    def part(self, part: float, whole: float) -> str:
        return digits.part(part / whole if whole else None, self.language)

    def moment(self, written: str) -> str:
        """Date and time in the zone and calendar of the page."""
        moment = datetime.fromisoformat(written)
        return dates.date_time(moment, self.language, self.time_zone, self.calendar)

    def bar_told(self, written: str, unit: str) -> str:
        """What a bar of time is called."""
        moment = datetime.fromisoformat(written)
        if unit == "hour":
            return self.moment(written)
        return dates.date(moment, self.language, self.time_zone, self.calendar)
