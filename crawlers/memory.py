"""The limit of a crawl's memory, counted from the crawl's own beginning."""

from __future__ import annotations

import re
from pathlib import Path

from scrapy.extensions.memusage import MemoryUsage

_STATUS = Path("/proc/self/status")
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


class OwnMemory(MemoryUsage):
    """Scrapy's extension, without the memory of the process that started this one.

    Linux hands the peak that ``getrusage`` tells down to a child: a crawl that a large dashboard or
    scheduler started would have broken its limit before its first request.
    """

    def get_virtual_size(self) -> int:
        """The most bytes that this process has held at once."""
        try:
            found = _PEAK.search(_STATUS.read_text(encoding="ascii", errors="replace"))
        except OSError:
            found = None
        # Elsewhere than on Linux nothing is handed down.
        return int(found[1]) * 1024 if found else super().get_virtual_size()
