"""The dashboard is served to this machine alone, from any folder, with every safe setting."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dashboard.__main__ import build_options

STARTS_IN_S = 120


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A dashboard without projects, started in a folder that tries to open it to the world."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "config.toml").write_text(
        '[server]\naddress = "0.0.0.0"\n[client]\nshowErrorDetails = "full"\n', "utf-8"
    )
    port = free_port()
    environ = {**os.environ, "RASAD_HOME": str(folder / "home"), "HOME": str(folder)}
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboard", "--port", str(port)],
        cwd=folder, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        end = time.monotonic() + STARTS_IN_S
        while not _answers(port):
            assert process.poll() is None
            assert time.monotonic() < end, "the dashboard does not answer"
            time.sleep(0.2)
        yield process, port
    finally:
        process.terminate()
        process.wait(60)


def _answers(port: int) -> bool:
    try:
        return ask(port, "/_stcore/health").status == 200
    except OSError:
        return False


def ask(port: int, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response


def test_server_listens_on_this_machine_alone(server: tuple[subprocess.Popen[bytes], int]) -> None:
    """Whatever a config file in the working folder says, only 127.0.0.1 is listened on."""
    _, port = server
    lines = Path("/proc/net/tcp").read_text().splitlines() + Path("/proc/net/tcp6").read_text().splitlines()
    listening = {line.split()[1] for line in lines if f":{port:04X} " in line and line.split()[3] == "0A"}

    assert listening == {f"0100007F:{port:04X}"}


def test_server_gives_its_fonts(server: tuple[subprocess.Popen[bytes], int]) -> None:
    """The fonts come from this machine too."""
    response = ask(server[1], "/app/static/vazirmatn-arabic-wght-normal.woff2")

    assert response.status == 200


def test_server_refuses_a_foreign_host(server: tuple[subprocess.Popen[bytes], int]) -> None:
    """A name that points to this machine from outside (DNS rebinding) gets no session."""
    handshake = {
        "Host": "evil.example", "Origin": "http://evil.example", "Connection": "Upgrade",
        "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }  # fmt: skip

    assert ask(server[1], "/_stcore/stream", **handshake).status == 403


def test_options_keep_what_the_promise_needs() -> None:
    """The settings that safety and silence hang on are all there."""
    options = build_options(8501)

    assert options["server_address"] == "127.0.0.1"
    assert options["browser_gatherUsageStats"] is False
    assert options["client_showErrorDetails"] == "none"
    assert options["server_allowedHosts"] == ["localhost", "127.0.0.1"]
    assert options["server_enableXsrfProtection"] is True
    assert options["server_fileWatcherType"] == "none"
