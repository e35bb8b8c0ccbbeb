"""Who looks at what: project, language and moment, and how things are written for that visitor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from config.project import Settings
from posts.answer import Figure
from words import dates, digits, texts

Language = Literal["en", "fa"]
Calendar = Literal["gregorian", "jalali"]
_ARABIC: Final = re.compile(r"[\u0600-\u06ff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit: everything that is written on a page is written through it."""

    settings: Settings
    language: Language
    now: datetime

    @property
    def project(self) -> str:
        """The project's name, as the address carries it."""
        return self.settings.project.name

    @property
    def time_zone(self) -> str:
        return self.settings.project.time_zone

    @property
    def calendar(self) -> Calendar:
        """The project's calendar for readers of its own language, else the one usual in theirs.

        Nobody chose the demo's, so there it is always the usual one.
        """
        project = self.settings.project
        if self.language == project.language and not project.demo:
            return project.calendar
        return "jalali" if self.language == "fa" else "gregorian"

    @property
    def title(self) -> str:
        """What the project is called; the demo in the language of the page."""
        return title_of(self.settings, self.language)

    def brand_name(self, brand_id: str, name: str) -> str:
        """What the brand ``name`` is called in the script of the page, if it has such a name."""
        settings = self.settings
        for brand in settings.brands:
            if brand.id == brand_id:
                persian = self.language == "fa"
                return next((n for n in brand.names if bool(_ARABIC.search(n)) == persian), name)
        return name

    @property
    def base(self) -> dict[str, str]:
        """What every link carries: the language and the project."""
        return {"lang": self.language, "project": self.project}

    def text(self, key: str, **values: object) -> str:
        """The dashboard's text under ``key``."""
        return texts.text(f"dashboard.{key}", self.language, **values)

    def common(self, key: str, **values: object) -> str:
        """The text under ``key`` among those of all rooms."""
        return texts.text(f"common.{key}", self.language, **values)

    def counted(self, unit: str, count: float) -> str:
        """So many of a thing: "3 posts"."""
        return texts.counted(f"common.unit.{unit}", count, self.language)

    def name_of(self, kind: str, code: str) -> str:
        """What a platform, language, state or status is called; its code where it has no name."""
        key = f"common.{kind}.{code}"
        return texts.text(key, self.language) if texts.known(key) else code

    def number(self, value: float | None, decimals: int = 0) -> str:
        return digits.number(value, self.language, decimals)

    def percent(self, share: float | None, *, signed: bool = False) -> str:
        return digits.percent(
            share, self.language, 0 if share is None or abs(share) >= 0.1 else 1, signed=signed
        )

    def part(self, share: float | None) -> str:
        """A share of a whole; 100 % is said of all of it only."""
        return digits.part(share, self.language)

    def figure(self, figure: Figure, decimals: int = 0) -> str:
        """The number as it is written; an estimate behind ≈."""
        written = self.number(figure.value, decimals)
        return written if figure.exact else self.common("approximately", n=written)

    def size(self, size: int | None) -> str:
        """So many bytes, in the largest unit that leaves a number of at least one."""
        if size is None:
            return digits.UNKNOWN
        value, unit = size / 2**10, "kb"
        if size >= 2**20:
            value, unit = (size / 2**30, "gb") if size >= 2**30 else (size / 2**20, "mb")
        return self.common(f"size.{unit}", n=self.number(value, 0 if value >= 10 else 1))

    def moment(self, moment: datetime | None) -> str:
        """Date and time in the project's zone; a dash for none."""
        if moment is None:
            return digits.UNKNOWN
        return dates.date_time(moment, self.language, self.time_zone, self.calendar)

    def ago(self, moment: datetime | None) -> str:
        """How long ago (or ahead) the moment is."""
        return digits.UNKNOWN if moment is None else dates.relative(moment, self.now, self.language)


def title_of(settings: Settings, language: str) -> str:
    """What a project is called on a page in this language."""
    project = settings.project
    return texts.text("common.demo_title", language) if project.demo else project.title or project.name


def tick(moment: datetime, *, seconds: int = 15) -> datetime:
    """The moment rounded down, so that views drawn within it ask the same question and share its answer."""
    stamp = int(moment.timestamp())
    return datetime.fromtimestamp(stamp - stamp % seconds, tz=UTC)
