"""A crawl started from outside: in a process of its own, which is bounded, watched and never trusted.

A leak, a crash or a hang of one source costs that source's run alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from config.project import Settings, Source
from crawlers import job as jobs
from posts.errors import NotReachable, NotSetUp, NotUnderstood, RateLimited, Refused, SourceError
from posts.post import Post
from store.state import Run, State

GRACE_S: Final = 20.0
"""After its time limit a crawl gets so long to end by itself, and as long again after being told to."""
_ROOT: Final = Path(__file__).resolve().parent.parent
_LEASH: Final = Path(__file__).with_name("leash.py")
_running: set[subprocess.Popen[bytes]] = set()


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What the process of a preview prints: posts, and what went wrong."""

    posts: tuple[Post, ...]
    outcome: str
    reason: str
    error: str = ""
    put_off_until: datetime | None = None


def crawl(settings: Settings, source: Source, *, run_id: str, due_at: datetime) -> Run:
    """Crawl a source in a process of its own and return the record of the run.

    If this due time has had its run already, that is the one returned. Never raises for what a source
    does: whatever happened stands in ``outcome`` and ``reason``.
    """
    job = jobs.job_of(settings, source, run_id=run_id, due_at=due_at)
    with State(job.folder / "state.sqlite") as state:
        begun = state.begin_run(run_id, job=job.source, due_at=due_at, started_at=datetime.now(UTC))
        had = _record(state, job)
        if not begun and had is not None and (had.run_id != run_id or had.state == "done"):
            return had
        log = job.folder / "logs" / f"crawl-{job.source}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as stderr:
            code, _ = _child(job, ["--job", "-"], stderr=stderr.fileno())
        run = _record(state, job)
        if run is None or run.state != "done":
            reason = f"the crawl's process {_ended(code)} before its end{_last_line(log)}"
            state.end_run(run_id, ended_at=datetime.now(UTC), outcome="error", reason=reason)
            run = _record(state, job)
        if run is None:
            raise LookupError(run_id)  # somebody has deleted the run's row under us
        return run


def end_crawls() -> None:
    """Tell every crawl that this process has begun to end: what it has is kept, and its run is recorded."""
    for process in tuple(_running):
        # Once each: Scrapy takes a second signal for an order to drop everything.
        _running.discard(process)
        process.terminate()


def preview(settings: Settings, source: Source, limit: int = 5) -> list[Post]:
    """The first posts of a source, without keeping anything; a ``SourceError`` says why there are none."""
    now = datetime.now(UTC)
    job = jobs.job_of(settings, source, run_id=f"preview-{uuid.uuid4()}", due_at=now, limit=limit)
    code, output = _child(job, ["--job", "-", "--preview"], stderr=subprocess.DEVNULL)
    try:
        found = msgspec.json.decode(output, type=Preview)
    except (msgspec.DecodeError, ValueError) as error:
        raise SourceError(f"the crawl's process {_ended(code)}", subject=source.name) from error
    if found.posts or found.outcome in {"ok", "partial"}:
        return list(found.posts)
    raise _error(found, source.name)


def _error(found: Preview, subject: str) -> SourceError:
    if found.outcome == "put off" and found.put_off_until is not None:
        return RateLimited(found.reason, until=found.put_off_until, subject=subject)
    kinds = {kind.__name__: kind for kind in (NotReachable, NotUnderstood, Refused, NotSetUp)}
    kind: Callable[..., SourceError] = kinds.get(found.error, SourceError)
    return kind(found.reason, subject=subject)


def _child(job: jobs.Job, arguments: list[str], *, stderr: int) -> tuple[int, bytes]:
    """Run the process to its end, by force if need be; its code (negative: the signal) and output."""
    leash = [sys.executable, "-I", "-S", str(_LEASH), str(os.getpid())]
    process = subprocess.Popen(
        [*leash, sys.executable, "-m", "crawlers", *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, cwd=_ROOT, start_new_session=True,
    )  # fmt: skip
    _running.add(process)
    try:
        return _communicate(process, job)
    finally:
        _running.discard(process)


def _communicate(process: subprocess.Popen[bytes], job: jobs.Job) -> tuple[int, bytes]:
    line = jobs.encode(job)
    try:
        output, _ = process.communicate(line, timeout=job.timeout_s + GRACE_S)
        return process.returncode, output
    except subprocess.TimeoutExpired:
        process.terminate()
    except BaseException:
        process.kill()
        process.wait()
        raise
    try:
        output, _ = process.communicate(timeout=GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        output, _ = process.communicate()
    return process.returncode, output


def _record(state: State, job: jobs.Job) -> Run | None:
    runs = state.runs(job=job.source, limit=200)
    same = [run for run in runs if run.run_id == job.run_id]
    due = [run for run in runs if run.due_at == job.due_at]
    return next(iter(same or due), None)


def _ended(code: int) -> str:
    return f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"


def _last_line(log: Path) -> str:
    with suppress(OSError):
        lines = log.read_bytes()[-4000:].decode("utf-8", "replace").split("\n")
        last = next((line for line in reversed(lines) if line.strip()), "")
        return f" ({last.strip()[:200]})" if last else ""
    return ""
