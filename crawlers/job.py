"""One crawl as plain values: what a child process is told, whoever starts it.

A child gets its job on its standard input rather than reading the project file again, so that a source
that is only being tried out, and settings that came from the environment, crawl alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from config.project import Settings, Source
from crawlers.pages.mastodon_server import host_of
from crawlers.pages.text import clean_name
from posts.errors import NotSetUp
from posts.post import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to crawl, how politely, and where the posts go.

    ``limit`` makes it a preview: so many posts, nothing written. ``keep`` are the author keys that stay
    as they are where a project has pseudonyms.
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
    kind: Kind | None = None
    backfill_pages: int = 5
    contact: str = ""
    pseudonyms: bool = False
    keep: tuple[str, ...] = ()
    allow_hosts: tuple[str, ...] = ()
    timeout_s: float = 120.0
    delay_s: float = 1.0
    limit: int | None = None
    answer_timeout_s: float = field(default=30.0)

    @property
    def place(self) -> str:
        """What the cursors belong to: with another address or tag they begin anew."""
        return " ".join(part or "-" for part in (self.url, self.timeline, self.tag, self.account))


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
        kind=source.kind,
        backfill_pages=source.backfill_pages,
        contact=settings.project.contact,
        pseudonyms=settings.project.pseudonyms,
        keep=tuple(key for brand in brands for key in brand.author_keys),
        allow_hosts=settings.crawl.allow_hosts,
        timeout_s=float(settings.crawl.timeout_s),
        delay_s=float(settings.crawl.delay_s),
        limit=limit,
    )


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
