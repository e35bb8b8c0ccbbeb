"""The service as it is started: one for each home, alive through deaths, gone without a trace."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(300)

Start = Callable[..., "subprocess.Popen[bytes]"]


def until(holds: Callable[[], Any], what: str, seconds: float = 90) -> Any:
    """What ``holds`` gives as soon as it is true."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, what
        time.sleep(0.1)
    return found


def told(home: Any) -> dict[str, Any]:
    """What the lock says of its holder."""
    try:
        return dict(json.loads((home.folder / "run.lock").read_text()))
    except (FileNotFoundError, ValueError):
        return {}


def events(home: Any) -> list[dict[str, Any]]:
    try:
        text = (home.folder / "logs" / "service.log").read_text()
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in text.splitlines()]


def family(pid: int) -> dict[int, str]:
    """The processes below one, with their command lines."""
    found: dict[int, str] = {}
    for task in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((task / "stat").read_text().rpartition(")")[2].split()[1])
            line = (task / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == pid:
            found |= {int(task.name): line, **family(int(task.name))}
    return found


def child(process: Any, module: str) -> int | None:
    return next(
        (pid for pid, line in family(process.pid).items() if f"-m {module}" in line and "leash" not in line),
        None,
    )


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def listening(pids: set[int]) -> set[str]:
    """The addresses on which the processes listen, as the kernel writes them."""
    sockets = set()
    for pid in pids:
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            try:
                sockets.add(os.readlink(entry))
            except FileNotFoundError:
                continue
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                found.add(fields[1])
    return found


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads Linux's /proc")
def test_service_lives_and_ends(home: Any, serve: Start) -> None:
    """It makes its projects, fills the demo, listens on the loopback alone, and ends with its children."""
    process = serve(home)
    url = until(lambda: told(home).get("url"), "the lock names no address")
    until(lambda: answers(url), "the page does not answer")
    until(lambda: home.json("count", "--project", "demo")[0]["count"] > 11_900, "the demo is not loaded")
    port = int(url.rpartition(":")[2])
    pids = family(process.pid)
    addresses = listening({process.pid, *pids})
    second = home.start("run", code=1)
    third = home.start("demo", "--no-serve")
    file = home.folder / "posts.jsonl"
    post = {
        "id": "forum:b.example:1",
        "platform": "forum",
        "created_at": "2026-11-20T08:00:00Z",
        "text": "hello",
    }
    file.write_text(json.dumps(post))
    taken = home.run("import", str(file), "--project", "starter")
    checked = {row["subject"]: row["level"] for row in home.json("check")}
    process.send_signal(signal.SIGTERM)
    code = process.wait(60)

    assert sorted(path.name for path in (home.folder / "projects").iterdir()) == ["demo", "starter"]
    assert addresses == {f"0100007F:{port:04X}"}
    assert url in second.stderr
    assert str(process.pid) in second.stderr
    assert url in third.stdout
    assert taken.stdout
    assert home.json("count", "hello", "--project", "starter") == [{"count": 1}]
    assert (checked["service"], checked["demo: intake"]) == ("ok", "ok")
    assert code == 0
    assert len(pids) >= 3
    assert [pid for pid in pids if alive(pid)] == []
    assert not [event for event in events(home) if event["level"] == "error"]
    assert url in (home.folder.with_name("home-0.out")).read_text()


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads Linux's /proc")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_nothing_outlives_the_service(number: signal.Signals, home: Any, serve: Start) -> None:
    """Killed or interrupted, it leaves no process; a child that was killed before was started anew."""
    home.run("init", "tea")
    (home.folder / ".started").touch()
    process = serve(home, "--no-dashboard")
    first = until(lambda: child(process, "rasad.intake"), "intake does not run")
    until(lambda: child(process, "watch"), "the scheduler does not run")
    until(lambda: home.json("check"), "")
    os.kill(first, signal.SIGKILL)
    second = until(
        lambda: (found := child(process, "rasad.intake")) and found != first and found,
        "intake is not restarted",
    )
    pids = family(process.pid)
    process.send_signal(number)
    process.wait(60)
    until(lambda: not any(alive(pid) for pid in pids), "a child outlives the service", 30)
    again = serve(home, "--no-dashboard")
    until(lambda: told(home).get("pid") == again.pid, "it cannot be started again")

    assert second in pids
    assert [path.name for path in (home.folder / "projects").iterdir()] == ["tea"]


def test_fixed_port_that_is_taken_is_an_error(home: Any, feed: Any) -> None:
    """Only the default looks further."""
    done = home.start("run", "--port", str(feed.port), code=1)

    assert f"Port {feed.port} is taken" in done.stderr


def test_crawl_dies_with_the_service(tea: Any, serve: Start, hanging: str) -> None:
    """A crawl in the middle of a slow answer is no reason to stay."""
    file = tea.project("tea") / "project.toml"
    host = hanging.split("/")[2]
    file.write_text(file.read_text().replace("allow_hosts = [", f'allow_hosts = ["{host}", '))
    tea.run("sources", "add", hanging, "--name", "slow")
    (tea.folder / ".started").touch()
    process = serve(tea, "--no-dashboard")
    crawl = until(lambda: child(process, "crawlers"), "no crawl was started")
    process.kill()
    process.wait(60)

    until(lambda: not alive(crawl), "the crawl outlives the service", 30)
