"""Pages and posts a second, and memory, of collecting from a local server: ``python -m benchmarks crawl``.

Ours is all of it: fetch, read, check, spool, cursors, the run's record. The peers get the same pages and
only write them as JSON lines. Each runs in a process of its own on one core, the server on another.
Environment: ``RASAD_BENCH_POSTS`` (4,000), ``RASAD_BENCH_SLOW`` (posts of the run into a slow spool,
100,000; 0 leaves it out), ``RASAD_BENCH_PROFILE=1`` (where the time of reading goes).
"""

from __future__ import annotations

import cProfile
import importlib.util
import io
import os
import pstats
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import feedparser

from benchmarks.crawl_peers import memory
from benchmarks.crawl_server import ENTRIES, PAGE, Timeline, feed
from crawlers import job as jobs
from crawlers.pages import text
from crawlers.pages.entries import Feed
from crawlers.pages.feeds import read_feed
from crawlers.pages.fields import read_json
from crawlers.pages.mastodon import read_statuses
from crawlers.pages.mastodon_people import Seen
from store.spool import Spool
from store.state import State

NOW = datetime(2026, 11, 20, tzinfo=UTC)
SLOW_MS = 1.5
STEP = 10_000
FEEDS = 20


class Spent(NamedTuple):
    """Seconds by the clock and of the core, MiB at most, and what was printed."""

    wall: float
    core: float
    peak: int
    output: str = ""


def run(arguments: list[str], *, given: bytes = b"") -> Spent:
    """Run a process to its end on our core."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
        )
        ended, peaks = threading.Event(), [0]
        watch = threading.Thread(target=_watch, args=(process.pid, peaks, ended))
        watch.start()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(given)
        process.stdin.close()
        output = process.stdout.read().decode()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        ended.set()
        watch.join()
        if process.returncode != 0:
            log.seek(0)
            raise SystemExit(f"{arguments} ended with {process.returncode}: {log.read()[-2000:].decode()}")
    return Spent(time.perf_counter() - began, used.ru_utime + used.ru_stime, peaks[0], output)


def _watch(process: int, peaks: list[int], ended: threading.Event) -> None:
    while not ended.wait(0.02):
        peaks[0] = max(peaks[0], memory("VmHWM", process))


@contextmanager
def server(posts: int) -> Iterator[str]:
    """The address of a server of so many posts, on a core of its own where there are two."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.crawl_server", str(posts)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    os.sched_setaffinity(process.pid, {min(_CORES)})
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process.stdout.readline().decode().strip()
    finally:
        process.stdin.close()
        process.wait()


_CORES = os.sched_getaffinity(0)


def job(folder: Path, url: str) -> jobs.Job:
    return jobs.Job(
        run_id="run", due_at=NOW, folder=folder, source="made", platform="mastodon", url=url,
        timeline="public", backfill_pages=1_000_000, allow_hosts=(url.removeprefix("http://"),),
        timeout_s=3_000.0, delay_s=0.0,
    )  # fmt: skip


def ours(folder: Path, url: str, posts: int) -> Spent:
    """Our crawl of a timeline, as the scheduler starts it."""
    spent = run(["-m", "crawlers", "--job", "-"], given=jobs.encode(job(folder, url)))
    _expect(folder, posts)
    return spent


def _expect(folder: Path, posts: int) -> None:
    with State(folder / "state.sqlite") as state:
        (done,) = state.runs(job="made")
    spool = Spool(folder / "spool")
    kept = sum(spool.count(path) for path in spool.files())
    if (done.outcome, done.got, kept) != ("ok", posts, posts):
        raise SystemExit(f"not all was collected: {done}, {kept} in the spool")


def peer(way: str, folder: Path, url: str, posts: int) -> Spent:
    """A peer's crawl of the same timeline."""
    out = folder / f"{way}.jsonl"
    spent = run(["-m", "benchmarks.crawl_peers", way, url, str(out)])
    with out.open(encoding="utf-8") as file:
        found = sum(1 for _ in file)
    out.unlink()
    if found != posts:
        raise SystemExit(f"{way} wrote {found} of {posts}")
    return spent


def timelines(posts: int) -> None:
    """Ours and the peers on the same timeline, and each on one page: what its start costs."""
    ways: dict[str, Callable[[Path, str, int], Spent]] = {
        "Rasad": ours,
        "plain Scrapy": lambda *given: peer("scrapy", *given),
    }
    if importlib.util.find_spec("mastodon"):
        ways["Mastodon.py"] = lambda *given: peer("mastodon.py", *given)
    else:
        print("Mastodon.py left out: it is not installed here (pip install Mastodon.py).")
    print(f"{posts:,} posts, {PAGE} a page; seconds with the start and without (that of one page taken off)")
    print(
        f"{'way':14}{'clock s':>9}{'core s':>8}{'start s':>9}{'pages/s':>9}{'posts/s':>9}"
        f"{'posts/core s':>14}{'peak MiB':>10}"
    )
    for name, way in ways.items():
        start, spent = _served(way, PAGE), _served(way, posts)
        wall, core, more = spent.wall - start.wall, spent.core - start.core, posts - PAGE
        print(
            f"{name:14}{spent.wall:9.2f}{spent.core:8.2f}{start.wall:9.2f}{more / PAGE / wall:9.1f}"
            f"{more / wall:9,.0f}{more / core:14,.0f}{spent.peak:10}",
            flush=True,
        )


def _served(way: Callable[[Path, str, int], Spent], posts: int) -> Spent:
    with tempfile.TemporaryDirectory() as folder, server(posts) as url:
        return way(Path(folder), url, posts)


def parsers(posts: int) -> None:
    """Reading alone, in this process: bytes to posts beside bytes to what the library gives."""
    made = Timeline(posts)
    pages = [made.page(newest) for newest in range(posts, 0, -PAGE)]
    feeds = [feed(number) for number in range(FEEDS)]
    entries = FEEDS * ENTRIES
    seen = Seen(server="social.example", domain="social.example", source="made", at=NOW)
    ways: list[tuple[str, int, Callable[[], list[object]]]] = [
        ("timelines to posts", posts, lambda: [read_statuses(page, seen) for page in pages]),
        ("timelines, JSON alone", posts, lambda: [read_json(page, subject="made") for page in pages]),
        (
            "feeds to posts",
            entries,
            lambda: [_read(number, body) for number, body in enumerate(feeds)],
        ),
        (
            "feeds, feedparser alone",
            entries,
            lambda: [feedparser.parse(io.BytesIO(b)) for b in feeds],
        ),
    ]
    print(f"\n{'reading alone':26}{'posts/core s':>14}{'us a post':>11}")
    for name, count, way in ways:
        way()
        times = []
        for _ in range(3):
            text._remembered.cache_clear()  # as in a new process
            began = time.process_time()
            way()
            times.append(time.process_time() - began)
        print(f"{name:26}{count / min(times):14,.0f}{min(times) / count * 1e6:11.0f}", flush=True)
        if os.environ.get("RASAD_BENCH_PROFILE") and "to posts" in name:
            with cProfile.Profile() as profile:
                way()
            pstats.Stats(profile).sort_stats("tottime").print_stats(25)


def _read(number: int, body: bytes) -> object:
    read = read_feed(body, Feed(url=f"https://news{number}.example/feed", source="made", at=NOW))
    if len(read.posts) != ENTRIES:
        raise SystemExit(f"feed {number} gave {len(read.posts)} posts")
    return read


def slow_spool(posts: int) -> None:
    """Memory of one crawl while its spool takes posts more slowly than they come."""
    with tempfile.TemporaryDirectory() as name, server(posts) as url:
        folder = Path(name)
        given = jobs.encode(job(folder, url))
        spent = run(["-m", "benchmarks.crawl_peers", "slow", str(SLOW_MS), str(STEP)], given=given)
        with State(folder / "state.sqlite") as state:
            (done,) = state.runs(job="made")
    print(
        f"\n{posts:,} posts into a spool that takes {SLOW_MS} ms for each: {done.outcome}, {done.got:,} posts"
    )
    print(f"{spent.wall:.0f} s by the clock; at most {spent.peak} MiB")
    print("posts     MiB")
    for line in spent.output.splitlines():
        print("{:>7,} {:>5}".format(*map(int, line.split())))


def main() -> None:
    """Measure and print tables."""
    os.sched_setaffinity(0, {max(_CORES)})
    posts = int(os.environ.get("RASAD_BENCH_POSTS", "4000"))
    timelines(posts)
    parsers(posts)
    many = int(os.environ.get("RASAD_BENCH_SLOW", "100000"))
    if many:
        slow_spool(many)
    print(f"\nload {os.getloadavg()[0]:.1f}; {len(_CORES)} cores")


if __name__ == "__main__":
    main()
