"""A connection that is listened to is under the same guard as every request: by what it says when refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.crawlers.test_crawlers_hostile import _self_signed

LISTEN = """
import asyncio, json, sys
from twisted.internet import asyncioreactor
loop = asyncio.new_event_loop()
asyncioreactor.install(loop)
from types import SimpleNamespace
from scrapy.settings import Settings
from crawlers.guard import ALLOWED
from crawlers.listening import listen

async def told(url, allowed):
    crawler = SimpleNamespace(settings=Settings({ALLOWED: allowed}))
    try:
        line = await listen(crawler, url, headers={"Authorization": "Bearer t"}, source="s")
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    text = b""
    while (piece := await line.piece(10.0)) is not None:
        text += piece
    return [line.status, text.decode()]

async def main():
    print(json.dumps([await told(*way) for way in json.load(sys.stdin)]))
    reactor.stop()

from twisted.internet import reactor
reactor.callWhenRunning(lambda: loop.create_task(main()))
reactor.run()
"""


def test_a_stream_is_guarded_as_every_request_is(web: Any, canary: Any, tmp_path: Path) -> None:
    """Whole as sent; no redirect followed, no private address or odd scheme, no unsigned certificate."""
    web.says("/stream", "data: 1\n\n")
    web.says("/moved", "", 302, Location=f"{canary.url}/stream")
    with _self_signed(tmp_path) as port:
        unsigned = f"127.0.0.1:{port}"
        ways = [
            (f"{web.url}/stream", [web.host]),
            (f"{web.url}/moved", [web.host, canary.host]),
            (f"{canary.url}/stream", [web.host]),
            ("ftp://127.0.0.1/", [web.host]),
            (f"https://{unsigned}/", [unsigned]),
            ("http://127.0.0.1:1/", ["127.0.0.1:1"]),
        ]
        child = subprocess.run(
            [sys.executable, "-c", LISTEN], input=json.dumps(ways), capture_output=True, text=True,
            timeout=90, cwd=Path(__file__).resolve().parents[2],
        )  # fmt: skip
    whole, moved, private, scheme, certificate, closed = json.loads(child.stdout)

    assert whole == [200, "data: 1\n\n"]
    assert moved == [302, ""]
    assert private.startswith("Refused: ")
    assert scheme.startswith("Refused: s: only http and https")
    assert "a certificate that is not valid" in certificate, certificate
    assert closed.startswith("NotReachable: s: 127.0.0.1:1 cannot be listened to")
    assert canary.asked == []
