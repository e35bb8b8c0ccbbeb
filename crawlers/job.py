"""One crawl as plain values: what a child process is told, whoever starts it.

A child gets its job on its standard input rather than reading the project file again, so that a source
that is only being tried out, and settings that came from the environment, crawl alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from config.load import home
from config.platforms import PLATFORMS
from config.project import Settings, Source
from crawlers.pages.mastodon_server import host_of
from crawlers.pages.text import clean_name
from posts.errors import NotSetUp
from posts.post import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to crawl, how politely, and where the posts go.

    ``limit`` makes it a preview: so many posts, nothing written. ``keep`` are the author keys that stay
    as they are where a project has pseudonyms. Collecting goes back to ``backfill_to`` where that is set,
    ``backfill_pages`` pages a crawl, else ``backfill_pages`` pages in all. ``tokens`` are what the user has
    from platforms, by name (``token`` for Mastodon; ``identifier``, ``password`` and ``pds`` for Bluesky).
    ``appview`` is where a stream of Bluesky looks up who wrote what; ``page_size`` how many posts a page may
    have, where a platform's own number is not wanted.
    ``hosts`` is the folder through which all crawls of this machine share the pace of servers.
    """

    run_id: str
    due_at: datetime
    folder: Path
    source: str
    platform: str
    url: str
    timeline: str | None = None
    tag: str | None = None
    account: str | None = None
    query: str | None = None
    thread: str | None = None
    articles: bool = False
    appview: str | None = None
    kind: Kind | None = None
    every_s: float = 900.0
    backfill_pages: int = 5
    backfill_to: datetime | None = None
    tokens: dict[str, str] = field(default_factory=dict, repr=False)
    contact: str = ""
    pseudonyms: bool = False
    keep: tuple[str, ...] = ()
    allow_hosts: tuple[str, ...] = ()
    timeout_s: float = 120.0
    delay_s: float = 1.0
    page_size: int | None = None
    limit: int | None = None
    answer_timeout_s: float = field(default=30.0)
    hosts: Path | None = None

    @property
    def place(self) -> str:
        """What the cursors belong to: with another address or tag they begin anew."""
        parts = (self.url, self.timeline, self.tag, self.account)
        # What came later is told only where it is set: cursors of before keep their place.
        return " ".join([*(part or "-" for part in parts), *(p for p in (self.query, self.thread) if p)])


def job_of(
    settings: Settings, source: Source, *, run_id: str, due_at: datetime, limit: int | None = None
) -> Job:
    """The job that crawls a source of a project."""
    brands = [*([settings.brand] if settings.brand else []), *settings.rivals]
    return Job(
        run_id=run_id,
        due_at=due_at,
        folder=settings.folder,
        source=source.name,
        platform=source.platform,
        url=source.url,
        timeline=source.timeline,
        tag=source.tag,
        account=source.account,
        query=source.query,
        thread=source.thread,
        articles=source.articles,
        appview=source.appview,
        kind=source.kind,
        every_s=source.every.total_seconds(),
        backfill_pages=source.backfill_pages,
        backfill_to=due_at - timedelta(days=source.backfill_days) if source.backfill_days else None,
        tokens=_tokens(settings, source),
        contact=settings.project.contact,
        pseudonyms=settings.project.pseudonyms,
        keep=tuple(key for brand in brands for key in brand.author_keys),
        allow_hosts=settings.crawl.allow_hosts,
        timeout_s=settings.longest_crawl(source).total_seconds(),
        delay_s=_delay(settings, source),
        page_size=settings.crawl.page_size,
        limit=limit,
        hosts=hosts_of(settings.folder),
    )


def hosts_of(folder: Path) -> Path:
    """The folder of the pace of servers: that of the home in which a project lies, else of the usual home."""
    parts = folder.resolve().parent
    return (parts.parent if parts.name == "projects" else home()) / "hosts"


def _delay(settings: Settings, source: Source) -> float:
    """Seconds between requests: the project's, or what the platform's host is owed if that is more.

    Servers of one's own (``crawl.allow_hosts``) are asked as the project says.
    """
    own = float(settings.crawl.delay_s)
    if host_and_port(source.url) in {host.lower() for host in settings.crawl.allow_hosts}:
        return own
    return max(own, PLATFORMS[source.platform].delay_s)


def _tokens(settings: Settings, source: Source) -> dict[str, str]:
    """What the user has from this source's platform; nothing for another's."""
    tokens = settings.tokens
    if source.platform == "mastodon":
        found = tokens.mastodon.get(host_of(source.url))
        return {} if found is None else {"token": found.get_secret_value()}
    if source.platform == "bluesky" and tokens.bluesky_identifier and tokens.bluesky_password:
        return {
            "identifier": tokens.bluesky_identifier,
            "password": tokens.bluesky_password.get_secret_value(),
            "pds": tokens.bluesky_pds,
        }
    return {}


def encode(job: Job) -> bytes:
    return msgspec.json.encode(job, enc_hook=str)


def decode(line: bytes) -> Job:
    """The job that ``encode`` wrote."""
    return msgspec.json.decode(line, type=Job, dec_hook=lambda kind, value: kind(value))


def user_agent(job: Job) -> str:
    """Who we say we are. A server of others needs a contact in it: ``NotSetUp`` where there is none."""
    try:
        release = version("rasad")
    except PackageNotFoundError:
        release = "0"
    contact = clean_name(job.contact).encode("ascii", "ignore").decode().replace("(", "").replace(")", "")
    if contact:
        return f"Rasad/{release} (+{contact})"
    if host_and_port(job.url) in {host.lower() for host in job.allow_hosts}:
        return f"Rasad/{release}"
    raise NotSetUp(
        "no contact is set, and those who run a server must be able to reach who reads it",
        subject=job.source,
        remedy='Set contact = "you@example.org" under [project].',
    )


def host_and_port(url: str) -> str:
    """``host:port`` of an address, the port always written."""
    host = host_of(url)
    last = host.rsplit(":", 1)
    if len(last) == 2 and last[1].isdigit() and not host.endswith("]"):
        return host
    return f"{host}:{443 if url.lower().startswith('https:') else 80}"
