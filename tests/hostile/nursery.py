"""Many crawls, each in a process of its own: forked from one that has imported everything already.

What runs in a child is what `python -m crawlers --job -` runs; only the second that its imports take is
spared. Jobs come as lines on standard input, ends go out as lines: run id, code or signal, peak memory in
MiB, seconds. With ``--whole`` each child is started anew, imports and all.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import msgspec
from scrapy.settings import Settings
from scrapy.utils.misc import load_object

from crawlers import job as jobs
from crawlers.crawl import crawl_here, limit_memory

AT_ONCE = 10
LONGEST_S = 150.0


def main(*, whole: bool) -> None:
    if not whole:
        _import_all()
    assert "twisted.internet.reactor" not in sys.modules, "each child has a reactor of its own"
    waiting = [msgspec.json.decode(line) for line in sys.stdin.buffer]
    running: dict[int, tuple[str, float]] = {}
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            told = waiting.pop(0)
            pid = _start(msgspec.json.encode(told["job"]), told["log"], whole=whole)
            running[pid] = (told["job"]["run_id"], time.monotonic())
        pid, status, used = os.wait4(-1, os.WNOHANG)
        if pid:
            run_id, began = running.pop(pid)
            code = os.waitstatus_to_exitcode(status)
            end = [run_id, code, round(used.ru_maxrss / 1024), round(time.monotonic() - began, 2)]
            sys.stdout.buffer.write(msgspec.json.encode(end) + b"\n")
            sys.stdout.buffer.flush()
            continue
        for child, (_, began) in running.items():
            if time.monotonic() - began > LONGEST_S:
                os.kill(child, signal.SIGKILL)
        time.sleep(0.01)


def _import_all() -> None:
    """Import what a crawl imports when it begins: nearly half of what it costs."""
    settings = Settings()
    settings.setmodule("crawlers.settings", priority="project")
    parts = ("DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "EXTENSIONS")
    names = [name for part in parts for name in settings.get_component_priority_dict_with_base(part)]
    names += [settings[key] for key in ("SCHEDULER", "DUPEFILTER_CLASS", "STATS_CLASS", "LOG_FORMATTER")]
    names += [
        "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler",
        "scrapy.squeues.LifoMemoryQueue",
    ]
    for name in names:
        load_object(name)


def _start(line: bytes, log: str, *, whole: bool) -> int:
    if whole:
        with open(log, "wb") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "crawlers", "--job", "-"], stdin=subprocess.PIPE, stderr=stderr
            )
        assert process.stdin is not None
        process.stdin.write(line)
        process.stdin.close()
        process.returncode = 0  # waited for by hand, with what it used
        return process.pid
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(handle, 2)
        os.dup2(handle, 1)
        limit_memory()
        code = 0 if crawl_here(jobs.decode(line)) else 1
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main(whole="--whole" in sys.argv)
