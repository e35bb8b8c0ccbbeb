"""What `benchmarks.crawl` runs, a process each: ``python -m benchmarks.crawl_peers WAY URL OUT``.

``scrapy``: a spider of twenty lines that writes statuses as JSON lines. ``mastodon.py``: that client,
writing the same. ``slow``: our own crawl of the job on the standard input into a spool that is slow.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any


def plain_scrapy(url: str, out: str) -> None:
    """Scrapy as its tutorial has it, with its own settings."""
    import scrapy
    from scrapy.crawler import CrawlerProcess

    class Statuses(scrapy.Spider):  # type: ignore[misc]
        name = "statuses"

        async def start(self) -> Any:
            yield scrapy.Request(f"{url}/api/v1/timelines/public?limit=40")

        def parse(self, response: Any) -> Iterator[Any]:
            yield from response.json()
            more = re.search(r'<([^>]+)>; rel="next"', response.headers.get("Link", b"").decode())
            if more:
                yield scrapy.Request(more[1])

    process = CrawlerProcess(
        {"FEEDS": {out: {"format": "jsonlines", "encoding": "utf-8"}}, "LOG_LEVEL": "ERROR",
         "REMOTE_CONTROL_ENABLED": False, "TELNETCONSOLE_ENABLED": False}
    )  # fmt: skip
    process.crawl(Statuses)
    process.start()


def mastodon_py(url: str, out: str) -> None:
    """Mastodon.py, page after page."""
    from mastodon import Mastodon

    client = Mastodon(api_base_url=url, version_check_mode="none", ratelimit_method="throw")
    with Path(out).open("w", encoding="utf-8") as file:
        page = client.timeline_public(limit=40)
        while page:
            for status in page:
                file.write(json.dumps(status, default=str, ensure_ascii=False) + "\n")
            page = client.fetch_next(page)


def slow(ms_a_post: str, step: str) -> None:
    """Our crawl, each post taking the spool so long; prints posts and memory at each step."""
    import crawlers.__main__
    import crawlers.settings
    from posts.post import Post
    from store.spool import Spool

    crawlers.settings.CLOSESPIDER_PAGECOUNT = 0  # more than a crawl may ask for otherwise
    write, total = Spool.write, 0

    def write_slowly(self: Spool, posts: Iterable[Post], **rest: Any) -> Path:
        nonlocal total
        given = list(posts)
        time.sleep(len(given) * float(ms_a_post) / 1000)
        path = write(self, given, **rest)
        path.unlink()  # as intake does
        before, total = total, total + len(given)
        if before // int(step) != total // int(step):
            print(total // int(step) * int(step), memory("VmRSS"), flush=True)
        return path

    Spool.write = write_slowly  # type: ignore[method-assign]
    sys.argv = ["crawlers", "--job", "-"]
    crawlers.__main__.main()


def memory(name: str, process: int | str = "self") -> int:
    """MiB of a process (``VmRSS`` now, ``VmHWM`` at most) as the system tells; 0 if it is gone."""
    try:
        found = re.search(rf"^{name}:\s+(\d+)", Path(f"/proc/{process}/status").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return int(found[1]) // 1024 if found else 0


if __name__ == "__main__":
    ways = {"scrapy": plain_scrapy, "mastodon.py": mastodon_py, "slow": slow}
    ways[sys.argv[1]](*sys.argv[2:4])
