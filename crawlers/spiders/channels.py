"""Where to go for a public channel: its newest page, down to what is known, then back into its past.

Messages are numbered one by one, and a page holds the twenty below a number (``?before=``). A crawl reads the
newest page and goes down until it meets what was known. Where it has to stop before that, the stretch that
is left is kept (cursor ``holes``) and read by the next crawl after its newest page, so no message is missed
however much was written in between. (``?after=`` would climb without such a memory, but not every platform of
this kind knows it, and a channel that writes more than a crawl may read would never show its newest.)
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from datetime import datetime
from typing import ClassVar, Final
from urllib.parse import quote, urlsplit

from scrapy import Request
from scrapy.http import Response

from crawlers.pages.channel_dialect import EITAA, TELEGRAM, Dialect
from crawlers.pages.channel_gaps import gaps
from crawlers.pages.channel_head import Channel
from crawlers.pages.channels import ChannelPage, read_channel
from crawlers.pages.fields import Unreadable
from crawlers.pipeline import Page
from crawlers.spider import LOOKS, SourceSpider
from crawlers.ways.backfill import Backfill, Step
from crawlers.ways.holes import Hole, Holes
from posts.errors import NotUnderstood, RateLimited, Refused, SourceError
from posts.profile import Profile
from store import rereads
from store.heard import Why
from store.rereads import Reread

PAGES_PER_RUN: Final = 40
"""Pages of one crawl, its looks at older posts included; the next goes on where it stopped."""
LOOKS_PER_RUN: Final = 10
"""Pages that are read again in one crawl; what is due and not among them waits for the next."""
TIME_SHARE: Final = 0.6
"""How much of a crawl's time its waiting between pages may take."""


_WHY: Final[dict[type[SourceError], Why]] = {NotUnderstood: "shape", RateLimited: "rate limit"}


class ChannelSpider(SourceSpider):
    """A spider for one channel of one platform, which says its ``dialect`` and where its pages are."""

    # The pause of config.platforms is the least there is, not what it is on average.
    custom_settings = {"RANDOMIZE_DOWNLOAD_DELAY": False}  # noqa: RUF012
    dialect: ClassVar[Dialect]
    above: ClassVar[str] = "/"
    """What stands before the channel's name in the path of its page."""

    async def start(self) -> AsyncIterator[Request]:
        self._began = self.now()
        self._past = Backfill(self.job, self.ledger, self.cursor, now=self._began)
        self._holes = Holes(self.cursor("holes"))
        self._seen: set[int] = set()
        self._due = {} if self.state is None else self._all_due()
        pause = self.crawler.settings.getfloat("DOWNLOAD_DELAY")
        most = self.job.timeout_s * TIME_SHARE / pause if pause > 0 else PAGES_PER_RUN
        self._left = max(2, min(PAGES_PER_RUN, int(most)))
        yield self._ask(None, self.on_top)

    def _all_due(self) -> dict[int, Reread]:
        if self.state is None:
            return {}
        due = rereads.due(self.state, self.job.source, at=self.now(), limit=LOOKS)
        return {int(post.ref): post for post in due if post.ref.isdigit()}

    def fail(self, error: SourceError) -> None:
        """Note a failure; before the newest page was read, all since the last crawl is missing."""
        super().fail(error)
        known = self._known()
        if self._above_known or known is None:
            return
        for kind, why in _WHY.items():
            if isinstance(error, kind):
                self.ledger.miss(why, known[1], self._began)

    _above_known = False
    _profile_known: Profile | None = None

    # The newest page, and down from there

    def on_top(self, response: Response) -> Iterator[Request | Page]:
        """The newest page: with the first crawl the way back begins here, later it is compared."""
        page = self._take(response)
        known = self._known()
        if page is None:
            return
        self._above_known = True
        profiles, cursors = self._profile_of(page)
        if page.highest is None and known is not None:
            self.ledger.fall_short("no messages, where there were some before")
            return
        if known is None or self._counts_anew(page, known):
            self._holes.clear()
            yield from self._back(page, None, {**cursors, **self._top(page)}, profiles)
            return
        yield from self._forward(page, known, cursors, profiles)

    def _forward(
        self,
        page: ChannelPage,
        known: tuple[int, datetime],
        cursors: dict[str, str | None],
        profiles: tuple[Profile, ...],
    ) -> Iterator[Request | Page]:
        """What is new on the newest page, and the stretch below it that was not known either."""
        lowest = page.older or 0
        new = self._posts(page, lambda number: number > known[0])
        times = {number: at for number, at in page.times.items() if number > known[0]}
        if lowest > known[0] + 1:
            self._hear(times, page, until=self._began, posts=new)
            hole = Hole(before=lowest, to=known[0], until=_oldest(times) or self._began, to_at=known[1])
            self._holes.add(hole, self.ledger)
        else:
            self._hear({known[0]: known[1], **times}, page, until=self._began, posts=new)
        cursors |= {**(self._top(page) if times else {}), "holes": self._holes.written()}
        yield self._kept_page(page, lambda number: number > known[0], cursors, profiles)
        yield from self._next()

    def _next(self) -> Iterator[Request]:
        """The stretch to be read next, newest first; without one the way back goes on."""
        if not self._holes:
            where = self._past.resume()
            if where is not None and self._left > 0:
                at = int(where) if where.isdigit() else None
                yield self._ask(at, lambda answer: self.on_older(answer, at))
            return
        if self._left > 0:
            hole = self._holes.first
            yield self._ask(hole.before, lambda answer: self.on_hole(answer, hole))
            return
        self._holes.miss(self.ledger)
        self.ledger.fall_short("stopped before all that is new was read; the next crawl goes on from there")

    def on_hole(self, response: Response, hole: Hole) -> Iterator[Request | Page]:
        """A page further down: until it meets what was known, or nothing is left."""
        page = self._take(response)
        if page is None:
            return
        if page.lowest is not None and page.lowest >= hole.before:
            self._repeats(hole.to_at, hole.until)
            return
        times = {number: at for number, at in page.times.items() if hole.holds(number)}
        met = page.older is None or page.older <= hole.to + 1
        around = {**times, **hole.ends(met=met)}
        self._hear(around, page, until=hole.until, posts=self._posts(page, hole.holds))
        self._holes.shrink(page.older, times)
        yield self._kept_page(page, hole.holds, {"holes": self._holes.written()})
        yield from self._next()

    # Back into the past

    def on_older(self, response: Response, before: int | None) -> Iterator[Request | Page]:
        """A page of the past."""
        page = self._take(response)
        if page is None:
            return
        if before is not None and page.lowest is not None and page.lowest >= before:
            self._repeats(None, None)
            return
        yield from self._back(page, before, {})

    def _back(
        self,
        page: ChannelPage,
        before: int | None,
        cursors: dict[str, str | None],
        profiles: tuple[Profile, ...] = (),
    ) -> Iterator[Request | Page]:
        """Keep a page and go on to the older one, as far as is asked for."""
        step: Step = self._past.step(
            oldest=_oldest(page.times),
            older=None if page.older is None else str(page.older),
            posts=len(page.reading.posts),
        )
        self._note_gaps({**page.times, **({before: None} if before is not None else {})}, page)
        yield self._kept_page(page, lambda number: True, {**cursors, **step.cursors}, profiles)
        if step.where is None or self.enough():
            return
        if self._left > 0:
            at = int(step.where)
            yield self._ask(at, lambda answer: self.on_older(answer, at))
        else:
            self.ledger.remark("the back-fill goes on with the next crawl")

    # What is looked at again

    def look_again(self, due: list[Reread]) -> Iterable[Request]:
        """The pages that hold posts which are due, from the newest down; what was just read is not asked."""
        self._looks_left = min(LOOKS_PER_RUN, max(1, self._left))
        wanted = {int(post.ref): post for post in due if post.ref.isdigit()}
        yield from self._look({number: post for number, post in wanted.items() if number not in self._seen})

    def _look(self, wanted: dict[int, Reread]) -> Iterator[Request]:
        if wanted and self._looks_left > 0:
            self._looks_left -= 1
            top = max(wanted)
            yield self._ask(top + 1, lambda answer: self.on_look(answer, wanted, top))

    def on_look(self, response: Response, wanted: dict[int, Reread], top: int) -> Iterator[Request | Page]:
        """Posts as they are now; those that are not on the page that covers their number are gone.

        The end of a page that was cut off covers nothing: pages begin with the oldest.
        """
        page = self._take(response)
        if page is None or page.lowest is None or page.highest is None or page.lowest > top:
            return
        until = max(top, page.highest) if page.whole else page.highest
        gone = [
            post
            for number, post in wanted.items()
            if page.lowest < number <= until and number not in page.times and number not in page.parts
        ]
        yield self._kept_page(page, lambda number: number in wanted, {}, gone=tuple(gone))
        yield from self._look({number: post for number, post in wanted.items() if number < page.lowest})

    # What all pages share

    def _ask(self, before: int | None, answer: Callable[[Response], Iterator[Request | Page]]) -> Request:
        self._left -= 1
        older = "" if before is None else f"?before={before}"
        return self.ask(f"{self._base()}{self._path()}{older}", answer)

    def _base(self) -> str:
        parts = urlsplit(self.job.url)
        return f"{parts.scheme}://{parts.netloc}"

    def _path(self) -> str:
        return f"{self.above}{quote(self._name(), safe='')}"

    def _name(self) -> str:
        return (self.job.account or "").lstrip("@")

    def _take(self, response: Response) -> ChannelPage | None:
        """What a page holds; a failure is noted."""
        source = self.job.source
        try:
            if (error := self.unhappy(response)) is not None:
                raise error
            if urlsplit(response.url).path.rstrip("/").lower() != self._path().lower():
                raise Refused(
                    f"the channel {self._name()} shows no preview (it leads to {response.url[:200]})",
                    subject=source,
                )
            page = read_channel(response.body, self._channel())
        except SourceError as error:
            self.fail(error)
            return None
        self._profile_known = page.profile or self._profile_known
        self.ledger.read(page.reading)
        self._seen.update(page.times)
        if not page.whole:
            self.ledger.remark("a page broke off before its end; what it lacks is read with the next crawl")
        for name in page.missing:
            # A channel that never told it has not changed.
            note = self.ledger.remark if self.cursor("told") is None else self.ledger.fall_short
            note(f"no message tells its {name}: the form of the page may have changed")
        if page.opted_out:
            self.fail(Refused("the channel has asked not to be collected", subject=source))
            return None
        return page

    def _channel(self) -> Channel:
        return Channel(
            dialect=self.dialect,
            name=self._name(),
            source=self.job.source,
            at=self.now(),
            kind=self.job.kind or "messenger",
            run_id=self.job.run_id,
            known=self._profile_known,
        )

    def _kept_page(
        self,
        page: ChannelPage,
        wanted: Callable[[int], bool],
        cursors: dict[str, str | None],
        profiles: tuple[Profile, ...] = (),
        gone: tuple[Reread, ...] = (),
    ) -> Page:
        """The posts of a page that are wanted or due; others on it are known and would only count twice."""
        posts = {
            number: post
            for post in page.reading.posts
            if wanted(number := _number(post.id)) or number in self._due
        }
        unreadable = self._unreadable(page, wanted)
        return Page(
            posts=tuple(posts.values()),
            unreadable=unreadable,
            cursors=cursors,
            refs={post.id: str(number) for number, post in posts.items()},
            gone=gone,
            profiles=profiles,
        )

    def _unreadable(self, page: ChannelPage, wanted: Callable[[int], bool]) -> tuple[Unreadable, ...]:
        """What is no post and was not seen before, noted as missing from its page's time."""
        found = []
        for item in page.reading.unreadable:
            number = item.subject.rpartition("/")[2]
            if not number.isdigit() or wanted(int(number)):
                found.append(item)
        dated = [at for at in page.times.values() if at is not None]
        if found and dated:
            self.ledger.miss("shape", min(dated), max(dated), posts=len(found))
        return tuple(found)

    def _posts(self, page: ChannelPage, wanted: Callable[[int], bool]) -> int:
        return sum(wanted(_number(post.id)) for post in page.reading.posts)

    def _hear(
        self, times: dict[int, datetime | None], page: ChannelPage, *, until: datetime, posts: int
    ) -> None:
        """All between the oldest of these moments and ``until`` was read, but for gaps in the numbers."""
        self.ledger.heard(min(_oldest(times) or until, until), until, posts=posts)
        self._note_gaps(times, page)

    def _note_gaps(self, times: dict[int, datetime | None], page: ChannelPage) -> None:
        for gap in gaps(times, page.parts):
            self.ledger.miss("gap", gap.since, gap.until, posts=gap.posts)

    def _repeats(self, since: datetime | None, until: datetime | None) -> None:
        self.ledger.fall_short("the server gives the same page again instead of an older one")
        if since is not None and until is not None:
            self.ledger.miss("paging", since, until)

    def _known(self) -> tuple[int, datetime] | None:
        """The newest message that is known, and its moment."""
        number, at = self.cursor("newest"), self.cursor("newest_at")
        return None if number is None or at is None else (int(number), datetime.fromisoformat(at))

    def _top(self, page: ChannelPage) -> dict[str, str | None]:
        """The cursors of the newest message."""
        at = max((at for at in page.times.values() if at is not None), default=None)
        if page.highest is None or at is None:
            return {}
        told = {} if page.missing or not page.reading.posts else {"told": "yes"}
        return {"newest": str(page.highest), "newest_at": at.isoformat(), **told}

    def _counts_anew(self, page: ChannelPage, known: tuple[int, datetime]) -> bool:
        """Whether the name belongs to another channel now: its messages are later and have lower numbers."""
        latest = max((at for at in page.times.values() if at is not None), default=known[1])
        if (page.highest or 0) >= known[0] or latest <= known[1]:
            return False
        self.ledger.remark("the channel counts from the beginning again: collected as at the first time")
        return True

    def _profile_of(self, page: ChannelPage) -> tuple[tuple[Profile, ...], dict[str, str | None]]:
        """Who the channel is, once a day: its newest page tells it."""
        today = f"{self._began:%Y-%m-%d}"
        if page.profile is None or self.cursor("profile") == today:
            return (), {}
        return (page.profile,), {"profile": today}


class TelegramSpider(ChannelSpider):
    """Public channels of Telegram, by the preview that anybody can read without an account."""

    name = "telegram"
    dialect = TELEGRAM
    above = "/s/"


class EitaaSpider(ChannelSpider):
    """Public channels of Eitaa, whose pages are a copy of Telegram's."""

    name = "eitaa"
    dialect = EITAA


def _number(post_id: str) -> int:
    return int(post_id.rsplit("/", 1)[1])


def _oldest(times: dict[int, datetime | None]) -> datetime | None:
    return min((at for at in times.values() if at is not None), default=None)
