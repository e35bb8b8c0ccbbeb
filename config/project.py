"""What a project is set to: frozen records, each a table of ``project.toml``.

A wrong value is refused by its field; ``config.load`` gathers everything that is refused and says where.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from config.fields import (
    Account,
    Duration,
    Flag,
    Handle,
    HostPort,
    LanguageCode,
    Line,
    Name,
    Number,
    PostAddress,
    Prefix,
    Slug,
    TagName,
    TimeZone,
    WebAddress,
    Whole,
    account_parts,
    refuse,
)
from config.platforms import NEEDS, PLATFORMS, PlatformName, Timeline
from posts.errors import QueryError
from posts.people import author_key
from posts.post import Kind
from posts.query import parse

STREAM_GRACE: Final = timedelta(seconds=30)
"""What a stream gets beyond its interval to put away what it has heard."""


def _as_path(value: Any) -> Any:
    if isinstance(value, str) and (not value or "\x00" in value):
        raise refuse("must be the path of a file")
    return value


def _query(value: str) -> str:
    """The value if it can be read as people's queries are."""
    try:
        parse(value)
    except QueryError as error:
        about = error.told
        raise refuse(f"is no query (at letter {error.position + 1}): {about}") from None
    return value


class Section(BaseModel):
    """A table of the project file: nothing in it that is not known, nothing changed afterwards."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True, allow_inf_nan=False
    )


class Project(Section):
    """What the project is called, and the language, time zone and calendar that its people read in."""

    name: Slug
    title: Line = ""
    language: Literal["en", "fa"] = "en"
    time_zone: TimeZone = "UTC"
    calendar: Literal["gregorian", "jalali"] = "gregorian"
    contact: Line = ""
    pseudonyms: Flag = False
    demo: Flag = False

    @model_validator(mode="before")
    @classmethod
    def _titled(cls, data: Any) -> Any:
        if isinstance(data, dict) and not data.get("title", "") and isinstance(data.get("name"), str):
            return {**data, "title": data["name"]}
        return data


class Brand(Section):
    """A name that is listened for, in all its spellings, and the accounts that speak for it."""

    name: Name
    aliases: tuple[Name, ...] = ()
    accounts: tuple[Account, ...] = ()

    @property
    def id(self) -> str:
        """What the brand is called in data: ``"brand:"`` and its name in lower case, joined by hyphens."""
        return "brand:" + "-".join(self.name.lower().split())

    @property
    def names(self) -> tuple[str, ...]:
        """The name and its other spellings."""
        return (self.name, *self.aliases)

    @property
    def author_keys(self) -> tuple[str, ...]:
        """The keys under which posts of the brand's accounts are kept."""
        return tuple(author_key(*account_parts(account)) for account in self.accounts)


class Topic(Section):
    """Something that is listened for by a query."""

    name: Name
    query: Annotated[str, Field(min_length=1, max_length=2000)]

    @field_validator("query")
    @classmethod
    def _readable(cls, value: str) -> str:
        return _query(value)


class Source(Section):
    """A public place that posts are collected from.

    ``url`` is the feed's address, or the server of a platform of many; where a platform has one address
    it need not be said. ``timeline`` says what of it is read: that of a ``tag`` (without ``#``), of an
    ``account`` (of a channel), what a ``query`` finds, a ``thread`` (its post's address). For ``stream``
    a ``query`` chooses, in the language of the search box; without one all of it is kept. A stream of
    Bluesky is a Jetstream at ``url``, and who wrote what is looked up at ``appview``.

    Collecting begins ``backfill_days`` back, ``backfill_pages`` pages a crawl; without days, so many pages
    in all. ``articles`` makes a feed's posts of the pages that it links to. ``expect_per_day`` is how many
    posts a day are usual: far fewer are reported. ``keep_days`` keeps its posts for another time than
    ``[retention]`` says.
    """

    name: Slug
    platform: PlatformName
    url: WebAddress
    timeline: Timeline | None = None
    tag: TagName | None = None
    account: Handle | None = None
    query: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    thread: PostAddress | None = None
    articles: Flag = False
    appview: WebAddress | None = None
    every: Duration = timedelta(minutes=15)
    paused: Flag = False
    backfill_pages: Annotated[Whole, Field(ge=0, le=1000)] = 5
    backfill_days: Annotated[Whole, Field(ge=1, le=36_500)] | None = None
    kind: Kind | None = None
    expect_per_day: Annotated[Whole, Field(ge=1)] | None = None
    keep_days: Annotated[Whole, Field(ge=1, le=36_500)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _said(cls, data: Any) -> Any:
        """The data with what its platform implies: address and timeline."""
        platform = PLATFORMS.get(data.get("platform", "")) if isinstance(data, dict) else None
        if platform is None:
            return data
        timeline = data.get("timeline") or platform.meant(data)
        url = platform.stream_url if timeline == "stream" and platform.stream_url else platform.url
        implied = {"url": url or None, "timeline": timeline}
        return {**data, **{key: value for key, value in implied.items() if value and data.get(key) is None}}

    @field_validator("url")
    @classmethod
    def _server_alone(cls, value: str, info: ValidationInfo) -> str:
        platform = PLATFORMS.get(info.data.get("platform", ""))
        if platform is None or not platform.bare:
            return value
        parts = urlsplit(value)
        if parts.path.strip("/") or parts.query or parts.fragment:
            server = f"{parts.scheme}://{parts.netloc}"
            raise refuse(f"must be the server alone for {platform.name}", nearest=server)
        return value.rstrip("/")

    @field_validator("timeline")
    @classmethod
    def _one_of_its_platform(cls, value: Timeline | None, info: ValidationInfo) -> Timeline | None:
        platform = PLATFORMS.get(info.data.get("platform", ""))
        if value is not None and platform is not None and value not in platform.timelines:
            there = ", ".join(platform.timelines)
            raise refuse(f"is not for {platform.name}: it has {there or 'one timeline'}")
        return value

    @field_validator("tag", "account", "query", "thread")
    @classmethod
    def _fits_timeline(cls, value: str | None, info: ValidationInfo) -> str | None:
        if "timeline" not in info.data or "platform" not in info.data:
            return value
        timeline = info.data["timeline"]
        needed = NEEDS.get(timeline) if timeline else None
        if value is None and needed == info.field_name:
            raise refuse(f'is missing: timeline = "{timeline}" needs it')
        chooses = timeline == "stream" and info.field_name in ("query", "tag")
        if value is not None and needed != info.field_name and not chooses:
            where = f'timeline = "{timeline}"' if timeline else f'platform = "{info.data["platform"]}"'
            raise refuse(f"does not go with {where}")
        # A platform's own search has a language of its own.
        return _query(value) if value is not None and chooses and info.field_name == "query" else value

    @field_validator("appview")
    @classmethod
    def _streams_of_bluesky_only(cls, value: str | None, info: ValidationInfo) -> str | None:
        place = (info.data.get("platform", "bluesky"), info.data.get("timeline", "stream"))
        if value is not None and place != ("bluesky", "stream"):
            raise refuse("is for streams of bluesky only")
        return value

    @field_validator("articles")
    @classmethod
    def _feeds_only(cls, value: bool, info: ValidationInfo) -> bool:
        if value and info.data.get("platform") not in (None, "feed"):
            raise refuse("is for feeds only")
        return value


class Crawl(Section):
    """Manners and limits of collecting; ``allow_hosts`` are private servers that may be crawled.

    ``page_size`` asks for smaller pages than a platform would give.
    """

    allow_hosts: tuple[HostPort, ...] = ()
    timeout_s: Annotated[Whole, Field(ge=1, le=3600)] = 120
    delay_s: Annotated[Number, Field(ge=0, le=3600)] = 1.0
    page_size: Annotated[Whole, Field(ge=1, le=100)] | None = None


class Intake(Section):
    """How posts come into the store; ``journal`` is a file that gets the id of each once it is kept."""

    journal: Annotated[Path, BeforeValidator(_as_path)] | None = None


class Retention(Section):
    """For how many days posts are kept, and what was written in them; without a number, always."""

    days: Annotated[Whole, Field(ge=1, le=36_500)] | None = None
    text_days: Annotated[Whole, Field(ge=1, le=36_500)] | None = None


class Reading(Section):
    """How texts are read.

    ``models`` names an installed spaCy model, or the folder of one, for a language (``fa = "my_model"``);
    ``mode`` chooses the quick or the careful one of the shipped models. ``same_tags`` are hashtags that are
    one family though they are written otherwise, ``apart_tags`` such as are none of their family.
    """

    mode: Literal["fast", "careful"] = "fast"
    models: dict[LanguageCode, Line] = Field(default_factory=dict)
    same_tags: tuple[tuple[TagName, ...], ...] = ()
    apart_tags: tuple[TagName, ...] = ()


class StoreSection(Section):
    """Which engine keeps the posts: an Elasticsearch at ``url``, without one a folder beside the project.

    ``api_key`` comes from the environment alone and is never shown. ``ca`` is a file of the authority that
    signed the server's certificate, where the system does not know it.
    """

    url: WebAddress | None = None
    prefix: Prefix | None = None
    ca: Annotated[Path, BeforeValidator(_as_path)] | None = None
    api_key: SecretStr | None = Field(default=None, repr=False)


class Tokens(Section):
    """What the user has from platforms, from the environment alone and never shown.

    ``mastodon`` are access tokens by server; ``bluesky_identifier`` and ``bluesky_password`` (an app
    password) sign in at ``bluesky_pds``.
    """

    mastodon: dict[str, SecretStr] = Field(default_factory=dict, repr=False)
    bluesky_identifier: Line = ""
    bluesky_password: SecretStr | None = Field(default=None, repr=False)
    bluesky_pds: WebAddress = "https://bsky.social"


class Sections(Section):
    """All tables of a project file."""

    project: Project
    brand: Brand | None = None
    rivals: tuple[Brand, ...] = ()
    topics: tuple[Topic, ...] = ()
    sources: tuple[Source, ...] = ()
    crawl: Crawl = Crawl()
    intake: Intake = Intake()
    reading: Reading = Reading()
    retention: Retention = Retention()
    store: StoreSection = StoreSection()
    tokens: Tokens = Tokens()


class Settings(Sections):
    """A project as loaded: its tables, its folder, and where each value that was given came from."""

    folder: Path
    origin: dict[str, str] = Field(default_factory=dict, repr=False)

    @property
    def brands(self) -> tuple[Brand, ...]:
        """Our own brand, where there is one, and the rivals."""
        return ((self.brand,) if self.brand else ()) + self.rivals

    def source(self, name: str) -> Source:
        """The source of this name; ``KeyError`` if there is none."""
        for source in self.sources:
            if source.name == name:
                return source
        raise KeyError(name)

    def longest_crawl(self, source: Source) -> timedelta:
        """After how long a crawl of this source is ended: a stream is listened to until it is due again."""
        usual = timedelta(seconds=self.crawl.timeout_s)
        return usual if source.timeline != "stream" else max(usual, source.every + STREAM_GRACE)

    @property
    def file(self) -> Path:
        """The project file."""
        return self.folder / "project.toml"

    @property
    def index(self) -> Path:
        """Where the embedded engine keeps its posts."""
        return self.folder / "index"

    @property
    def spool(self) -> Path:
        """The folder through which posts come in."""
        return self.folder / "spool"

    @property
    def state(self) -> Path:
        """The file of cursors, runs and incidents."""
        return self.folder / "state.sqlite"

    @property
    def trained(self) -> Path:
        """Where models lie that were trained from the project's labels."""
        return self.folder / "trained"

    @property
    def exports(self) -> Path:
        """Where files for people are written."""
        return self.folder / "exports"

    @property
    def logs(self) -> Path:
        """Where the service and its crawls write what happened."""
        return self.folder / "logs"
