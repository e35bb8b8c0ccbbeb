"""What tests of several rooms share: stores on both engines, and a real Elasticsearch behind one of them."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import hypothesis
import platformdirs
import pytest
from elasticsearch import Elasticsearch

from store import open_store
from store.protocol import Store, StoreSettings

DYING = Path(__file__).parent / "store" / "dying.py"
RECIPE = Path(__file__).parent / "elasticsearch"
JARS = Path(platformdirs.user_cache_dir("rasad-tests")) / "elasticsearch-9.5.3"
STARTS_IN_S = 240

# A time limit for an example would say more of the machine than of the code.
hypothesis.settings.register_profile("quick", max_examples=300, deadline=None)
hypothesis.settings.register_profile("soak", max_examples=5_000, deadline=None, print_blob=True)
hypothesis.settings.load_profile("quick")


_tell_error = socketserver.BaseServer.handle_error


def _tell_but_of_clients_that_left(self: socketserver.BaseServer, request: object, client: object) -> None:
    """A test's server says nothing of a client that was ended: its lines would stand in the next test's."""
    if not isinstance(sys.exc_info()[1], ConnectionError):
        _tell_error(self, request, client)  # type: ignore[arg-type]


socketserver.BaseServer.handle_error = _tell_but_of_clients_that_left  # type: ignore[method-assign]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With CI=true a test that is left out has failed, whoever left it out and how."""
    report = yield
    _fail_if_left_out(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file."""
    report = yield
    _fail_if_left_out(report)
    return report


def _fail_if_left_out(report: pytest.TestReport | pytest.CollectReport) -> None:
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"With CI=true nothing is left out, but this was. {reason}"


def _free_port() -> int:
    """A port of the loopback that nobody has, and that the system gives to nobody who calls out meanwhile."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """Finds a port for a server that is told its port."""
    return _free_port


class ElasticsearchServer:
    """A real Elasticsearch on loopback, in a process of its own; what it holds lies in ``home``."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._log = home.with_name(f"{home.name}.log")
        self._process: subprocess.Popen[bytes] | None = None
        self._reading: threading.Thread | None = None
        self._port = _free_port()
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it and wait until it answers; the test is left out where it cannot be had."""
        with self._log.open("ab") as errors:
            self._process = subprocess.Popen(
                ["bash", str(RECIPE / "start"), str(JARS), str(self._home), str(self._port)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
        if _started(self._process):
            # What it goes on to print must not fill the pipe.
            assert self._process.stdout is not None
            self._reading = threading.Thread(target=self._process.stdout.read, daemon=True)
            self._reading.start()
        else:
            code = self._process.poll()
            log = " ".join(self._log.read_text(errors="replace").split())
            reason = f"no Elasticsearch for tests (exit code {code}): {log[-300:]}"
            self.stop()
            if code == 3:
                pytest.skip(reason)
            pytest.fail(reason)

    def signal(self, number: signal.Signals) -> None:
        """Stop it in its tracks, let it go on, or kill it; what is killed is waited for."""
        assert self._process is not None
        os.killpg(self._process.pid, number)
        if number == signal.SIGKILL:
            self._process.wait()
            self.stop()

    def stop(self) -> None:
        """End it and whatever it started, if it runs."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if self._reading is not None:
            self._reading.join(10)
        process.stdout.close()


def _started(server: subprocess.Popen[bytes]) -> bool:
    """Whether the server said so in time; one that does not is killed, which ends the reading."""
    assert server.stdout is not None
    late = threading.Timer(STARTS_IN_S, os.killpg, (server.pid, signal.SIGKILL))
    late.start()
    try:
        if not any(line.strip() == b"started" for line in server.stdout):
            server.wait()
            return False
    finally:
        late.cancel()
    return True


@pytest.fixture(scope="session")
def elasticsearch_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Elasticsearch: the one of RASAD_TEST_ES, else one started on loopback, once a session."""
    given = os.environ.get("RASAD_TEST_ES")
    if given:
        yield given
        return
    server = ElasticsearchServer(tmp_path_factory.mktemp("elasticsearch"))
    try:
        server.start()
        yield server.url
    finally:
        server.stop()


@pytest.fixture
def elasticsearch_server(tmp_path: Path) -> Iterator[ElasticsearchServer]:
    """A real Elasticsearch for one test alone, which may stop, kill and restart it; not started yet."""
    server = ElasticsearchServer(tmp_path / "elasticsearch")
    yield server
    server.stop()


@pytest.fixture
def embedded_settings(tmp_path: Path) -> StoreSettings:
    """Settings of an empty store in a folder."""
    return StoreSettings(folder=tmp_path / "index")


@pytest.fixture
def elasticsearch_settings(elasticsearch_url: str, tmp_path: Path) -> Iterator[StoreSettings]:
    """Settings of an empty store in an Elasticsearch; its indices are removed afterwards."""
    prefix = f"test-{uuid.uuid4().hex[:12]}"
    yield StoreSettings(folder=tmp_path / "index", url=elasticsearch_url, prefix=prefix)
    with Elasticsearch(elasticsearch_url) as client:
        names = list(client.indices.get_alias(index=f"{prefix}-*", ignore_unavailable=True).body)
        if names:
            client.indices.delete(index=names)
        templates = client.options(ignore_status=404).indices.get_index_template(name=f"{prefix}-*")
        for template in templates.body["index_templates"]:
            client.indices.delete_index_template(name=template["name"])


@pytest.fixture(params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.es)])
def store_settings(request: pytest.FixtureRequest) -> StoreSettings:
    """Settings of an empty store on each engine in turn."""
    settings: StoreSettings = request.getfixturevalue(f"{request.param}_settings")
    return settings


@pytest.fixture
def store(store_settings: StoreSettings) -> Iterator[Store]:
    """An empty store on each engine in turn."""
    opened = open_store(store_settings)
    opened.ensure()
    yield opened
    opened.close()


@pytest.fixture
def embedded_store(embedded_settings: StoreSettings) -> Iterator[Store]:
    """An empty store in a folder."""
    opened = open_store(embedded_settings)
    opened.ensure()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def dying() -> Callable[..., int]:
    """Runs code that kills itself at the so-many-th call in Rasad: its exit code, or how many calls there
    were when it is let live (0)."""

    def run(at: int, code: str, *arguments: str, **environ: str) -> int:
        done = subprocess.run(
            [sys.executable, str(DYING), str(at), code, *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env={**os.environ, **environ},
        )
        if at:
            return done.returncode
        assert done.returncode == 0, done.stderr
        return int(done.stdout.split()[-1])

    return run
