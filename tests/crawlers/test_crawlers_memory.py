"""The limit of a crawl's memory: it is the crawl's own, whoever started it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from crawlers.settings import MEMUSAGE_LIMIT_MB

MIB = 2**20
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><item><guid>1</guid>
<title>one</title><pubDate>Thu, 01 Oct 2026 08:30:00 GMT</pubDate></item></channel></rss>"""
GROWING = """
from crawlers.memory import OwnMemory
size = OwnMemory.get_virtual_size
before = size(None)
held = b"x" * (200 * 2**20)
print(before, size(None))
"""


def test_a_crawl_started_by_a_large_process_has_its_own_memory(project: Any, web: Any) -> None:
    """A dashboard or scheduler above the limit starts crawls that end well."""
    held = b"x" * ((MEMUSAGE_LIMIT_MB + 100) * MIB)
    web.says("/feed", FEED)
    project.allow_hosts = (web.host,)

    run = project.crawl(url=f"{web.url}/feed")

    assert (run.outcome, run.reason, run.got) == ("ok", "", 1)
    assert held


def test_what_a_crawl_holds_is_counted() -> None:
    """The peak grows with what the process takes."""
    done = subprocess.run(
        [sys.executable, "-c", GROWING],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    before, after = map(int, done.stdout.split())

    assert 10 * MIB < before < MEMUSAGE_LIMIT_MB * MIB / 2
    assert after - before >= 190 * MIB
