"""The service: one supervisor for each home, with intake, scheduler and dashboard as its children.

It decides nothing about posts. It keeps its children running, writes what they say to one log, tells
the address once a page can be had there, and takes everything down with it when it ends.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import sys
import threading
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Literal

from config.edit import create
from config.load import projects
from posts.errors import RasadError
from rasad.children import Child, end_all
from rasad.lock import RunLock, running
from rasad.logs import open_log

FIRST_PORT = 8501
TRIED_PORTS = 50
LOOK_S = 0.2
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What `rasad run` was asked for."""

    port: int | None = None
    dashboard: bool = True
    open_browser: bool = False


def serve(home: Path, wish: Wish, *, say: Callable[[str], None]) -> int:
    """Run the service of ``home`` until a signal ends it; the exit code. ``say`` tells the person."""
    lock = RunLock.take(home)
    if lock is None:
        other = running(home)
        raise AlreadyRunning(other.pid if other else None, other.url if other else "")
    log = open_log(home / "logs", "service")
    ended = threading.Event()
    # Under nohup the end of the terminal is to be ignored, and stays so.
    heard = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, _ender(ended)) for number in heard}
    try:
        make_first_projects(home)
        port = _port(wish) if wish.dashboard else None
        lock.tell(url=_url(port))
        _supervise(_children(home, port, log), port, wish, ended, say, log)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        lock.release()
    return 0


class AlreadyRunning(RasadError):
    """There is a service for this home; the message names it."""

    def __init__(self, pid: int | None, url: str) -> None:
        where = f" at {url}" if url else ""
        who = f" (process {pid})" if pid else ""
        super().__init__(f"Rasad runs already{where}{who}.", remedy="Stop that one first, or use it.")


def make_first_projects(home: Path) -> None:
    """At the very first start, make the demo and the starter project; later what was removed stays away."""
    marker = home / ".started"
    if marker.exists():
        return
    first: tuple[Literal["demo", "starter"], ...] = ("demo", "starter")
    for name in first:
        if name not in projects(home):
            create(home / "projects" / name, name)
    marker.touch()


def _ender(ended: threading.Event) -> Callable[[int, FrameType | None], None]:
    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    return end


def _children(home: Path, port: int | None, log: logging.Logger) -> list[Child]:
    environ = {**os.environ, "RASAD_HOME": str(home), "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
    modules = {"intake": ["-m", "rasad.intake"], "schedule": ["-m", "watch"]}
    if port is not None:
        modules["dashboard"] = ["-m", "dashboard", "--port", str(port)]
    children = [Child(name, arguments, environ=environ, log=log) for name, arguments in modules.items()]
    if "demo" in projects(home):
        children.append(Child("demo", ["-m", "rasad.demo"], environ=environ, log=log, once=True))
    return children


def _supervise(
    children: list[Child],
    port: int | None,
    wish: Wish,
    ended: threading.Event,
    say: Callable[[str], None],
    log: logging.Logger,
) -> None:
    log.info("the service begins, process %d", os.getpid())
    told = port is None
    if told:
        say("Rasad runs without its dashboard. Ctrl-C ends it.")
    try:
        while not ended.is_set():
            for child in children:
                child.watch()
            if not told and port is not None and _answers(port):
                told = True
                say(f"Rasad: {_url(port)}   (Ctrl-C ends it)")
                if wish.open_browser:
                    _open(_url(port))
            ended.wait(LOOK_S)
    finally:
        end_all(children)
        log.info("the service has ended")


def _url(port: int | None) -> str:
    return "" if port is None else f"http://127.0.0.1:{port}"


def _port(wish: Wish) -> int:
    """The wished port, or the first free one from 8501 on."""
    if wish.port is not None:
        if not _is_free(wish.port):
            raise RasadError(f"Port {wish.port} is taken.", remedy="Give another with --port, or none.")
        return wish.port
    for port in range(FIRST_PORT, FIRST_PORT + TRIED_PORTS):
        if _is_free(port):
            return port
    raise RasadError(
        f"No port from {FIRST_PORT} to {FIRST_PORT + TRIED_PORTS - 1} is free.",
        remedy="Give one with --port.",
    )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _answers(port: int) -> bool:
    try:
        with _opener.open(f"http://127.0.0.1:{port}/_stcore/health", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def _open(url: str) -> None:
    """Show the page where there is a display; without one nothing happens, and nothing fails."""
    windows = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if not windows and sys.platform != "darwin":
        return
    with contextlib.suppress(webbrowser.Error, OSError):
        webbrowser.open(url)
