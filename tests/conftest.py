"""What tests of several rooms share: stores on both engines, and a real Elasticsearch behind one of them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest
from elasticsearch import Elasticsearch

from store import open_store
from store.protocol import Store, StoreSettings

RECIPE = Path(__file__).parent / "elasticsearch"
STARTS_IN_S = 240


@pytest.fixture(scope="session")
def elasticsearch_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Elasticsearch: the one of RASAD_TEST_ES, else one started on loopback, once a session."""
    given = os.environ.get("RASAD_TEST_ES")
    if given:
        yield given
        return
    home = tmp_path_factory.mktemp("elasticsearch")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    jars = Path(platformdirs.user_cache_dir("rasad-tests")) / "elasticsearch-9.5.3"
    log = home / "server.log"
    with log.open("wb") as errors:
        server = subprocess.Popen(
            ["bash", str(RECIPE / "start"), str(jars), str(home), str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
    try:
        if not _started(server):
            _unavailable(server.poll(), log.read_text(errors="replace"))
        yield f"http://127.0.0.1:{port}"
    finally:
        _stop(server)


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
    # What it goes on to print must not fill the pipe.
    threading.Thread(target=server.stdout.read, daemon=True).start()
    return True


def _unavailable(code: int | None, log: str) -> None:
    reason = f"no Elasticsearch for tests (exit code {code}): {' '.join(log.split())[-300:]}"
    if code != 3 or os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _stop(server: subprocess.Popen[bytes]) -> None:
    """End the server and whatever it started."""
    assert server.stdin is not None
    server.stdin.close()
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
    assert server.stdout is not None
    server.stdout.close()


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
        for template in client.indices.get_index_template(name=f"{prefix}-*").body["index_templates"]:
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
