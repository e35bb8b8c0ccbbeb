"""The processes of the service: started on a leash, restarted when they die, stopped together.

Each is the head of a process group of its own, so that Ctrl-C in a terminal reaches the service alone
and the service ends the others in order, with whatever they have started.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from crawlers import leash

LEASH = Path(leash.__file__)
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_S = 60.0
"""A child that lived this long has recovered: its next death is the first again."""
TERM_S = 20.0


class Child:
    """One process that ought to run: ``module`` with its arguments, in this interpreter.

    ``once`` is for a job that is done when it ends well; it is tried again only when it fails.
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        environ: Mapping[str, str],
        log: logging.Logger,
        once: bool = False,
    ) -> None:
        self.name = name
        self._arguments = list(arguments)
        self._environ = dict(environ)
        self._log = log
        self._once = once
        self._process: subprocess.Popen[str] | None = None
        self._started_at = 0.0
        self._start_after = 0.0
        self._pause_s = FIRST_PAUSE_S
        self._done = False

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process is not None else None

    def watch(self) -> None:
        """Start the process if it ought to run and does not; called again and again."""
        now = time.monotonic()
        if self._process is not None:
            if (code := self._process.poll()) is not None:
                self._bury(code, now)
        elif not self._done and now >= self._start_after:
            self._start(now)

    def _start(self, now: float) -> None:
        command = [sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), sys.executable, *self._arguments]
        self._process = subprocess.Popen(
            command,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="backslashreplace",
            process_group=0,
        )
        self._started_at = now
        assert self._process.stdout is not None
        threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True).start()
        self._log.info("started, process %d", self._process.pid, extra={"child": self.name})

    def _read(self, lines: IO[str]) -> None:
        with lines:
            for line in lines:
                if text := line.rstrip():
                    self._log.info("%s", text, extra={"child": self.name})

    def _bury(self, code: int, now: float) -> None:
        self._end_group()
        self._process = None
        if self._once and code == 0:
            self._done = True
            self._log.info("done", extra={"child": self.name})
            return
        if now - self._started_at >= STEADY_S:
            self._pause_s = FIRST_PAUSE_S
        self._start_after = now + self._pause_s
        self._log.warning(
            "ended with %d, starts again in %.1f s", code, self._pause_s, extra={"child": self.name}
        )
        self._pause_s = min(LONGEST_PAUSE_S, self._pause_s * 2)

    def ask_to_end(self) -> None:
        """Send SIGTERM to the process and all it has started; it is not started again."""
        self._done = True
        self._signal(signal.SIGTERM)

    def end(self, deadline: float) -> None:
        """Wait until ``deadline`` (monotonic) for the process to end, then kill it and all it has started."""
        if self._process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=max(0.0, deadline - time.monotonic()))
        self._end_group()
        self._process.wait()
        self._process = None

    def _end_group(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)


def end_all(children: Sequence[Child], *, within_s: float = TERM_S) -> None:
    """End all children: a polite signal to each at once, and after ``within_s`` a kill."""
    for child in children:
        child.ask_to_end()
    deadline = time.monotonic() + within_s
    for child in children:
        child.end(deadline)
