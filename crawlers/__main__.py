"""One crawl in this process: ``python -m crawlers --project P --source S`` (or a job on standard input)."""

from __future__ import annotations

import argparse
import sys
import uuid
from datetime import UTC, datetime

import msgspec

from config.load import load
from crawlers import job as jobs
from crawlers.crawl import crawl_here, limit_memory, preview_here
from crawlers.run import Preview
from posts.errors import ConfigError


def main() -> int:
    """0: ended in a state that has a name; 1: this due time has had its run; 2: wrong use."""
    parser = argparse.ArgumentParser(prog="python -m crawlers")
    parser.add_argument("--project", help="name of a project, or its folder")
    parser.add_argument("--source", help="name of a source of the project")
    parser.add_argument("--run-id", default="")
    parser.add_argument("--due-at", type=datetime.fromisoformat, default=None)
    parser.add_argument("--job", choices=["-"], help="read the job from standard input")
    parser.add_argument("--preview", action="store_true", help="print the first posts, keep nothing")
    options = parser.parse_args()
    if options.job is None and not (options.project and options.source):
        parser.error("--project and --source are needed")
    try:
        job = jobs.decode(sys.stdin.buffer.read()) if options.job else _job(options)
    except (ConfigError, msgspec.DecodeError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    limit_memory()
    if not options.preview:
        return 0 if crawl_here(job) else 1
    posts, ledger = preview_here(job)
    outcome, reason = ledger.outcome()
    found = Preview(
        posts=tuple(posts),
        outcome=outcome,
        reason=reason,
        error=ledger.error,
        put_off_until=ledger.put_off_until,
    )
    sys.stdout.buffer.write(msgspec.json.encode(found))
    return 0


def _job(options: argparse.Namespace) -> jobs.Job:
    settings = load(options.project)
    names = [source.name for source in settings.sources]
    if options.source not in names:
        raise SystemExit(f"no source {options.source!r} in this project; there are: {', '.join(names)}")
    now = datetime.now(UTC)
    return jobs.job_of(
        settings,
        settings.source(options.source),
        run_id=options.run_id or str(uuid.uuid4()),
        due_at=options.due_at or now,
        limit=5 if options.preview else None,
    )


if __name__ == "__main__":
    raise SystemExit(main())
