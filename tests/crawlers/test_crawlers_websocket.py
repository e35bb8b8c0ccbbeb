"""Websockets go nowhere a request may not go: no private address, other port, redirect, proxy or stranger."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from crawlers import websocket
from crawlers.guard import Forbidden
from crawlers.websocket import connected
from tests.crawlers.jetstream_server import Jetstream, post, streaming


@pytest.fixture
def stream() -> Iterator[Jetstream]:
    with streaming() as server:
        yield server


def first_frame(url: str, *, allowed: tuple[str, ...] = (), max_size: int = 2**20) -> str | bytes:
    """The first thing that comes from an address."""

    async def ask() -> str | bytes:
        async with connected(
            url, allowed=frozenset(allowed), user_agent="Rasad/1 (+a@b.example)", max_size=max_size
        ) as socket:
            return await asyncio.wait_for(socket.recv(), 10)

    return asyncio.run(ask())


def test_a_listed_server_is_listened_to(stream: Jetstream) -> None:
    """By name and by number, under our own name."""
    stream.frames.append(post(1, "test"))

    frames = [
        first_frame(f"{stream.url}/subscribe", allowed=(stream.host,)),
        first_frame(f"http://localhost:{stream.port}/subscribe", allowed=(f"localhost:{stream.port}",)),
    ]

    assert frames == [post(1, "test")] * 2
    assert stream.agents == ["Rasad/1 (+a@b.example)"] * 2


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://127.0.0.1/subscribe", "127.0.0.1 is not a public address"),
        ("http://localhost/subscribe", "localhost is not the name of a public server"),
        ("http://2130706433/subscribe", "is not a public address"),
        ("http://[::1]/subscribe", "::1 is not a public address"),
        ("http://127.0.0.1:{port}/subscribe", "port {port} of 127.0.0.1 is not crawled"),
        ("http://someone:secret@example.org/subscribe", "an address with a password"),
        ("file:///etc/passwd", "only http and https are crawled"),
    ],
)
def test_what_a_request_may_not_ask_no_socket_opens(stream: Jetstream, address: str, told: str) -> None:
    """The words are those of the guard, and no connection is made."""
    with pytest.raises(Forbidden) as caught:
        first_frame(address.format(port=stream.port), allowed=("127.0.0.1:1",))

    assert told.format(port=stream.port) in str(caught.value)
    assert stream.agents == []


def test_a_name_that_answers_otherwise_the_second_time_gains_nothing(
    stream: Jetstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One address of several that is private is enough to refuse, and what was checked is connected to."""
    answers = iter([["93.184.216.34", "127.0.0.1"], ["127.0.0.1"]])
    monkeypatch.setattr(websocket, "resolve", lambda name: next(answers))
    with pytest.raises(Forbidden) as caught:
        first_frame("http://rebinding.example/subscribe")
    assert "rebinding.example (127.0.0.1) is not a public address" in str(caught.value)

    stream.frames.append("x")
    place = f"rebinding.example:{stream.port}"
    assert first_frame(f"http://{place}/", allowed=(place,)) == "x"
    assert next(answers, None) is None


def test_a_redirect_is_not_followed(stream: Jetstream) -> None:
    """Not even to the same server."""
    stream.redirect = f"ws://{stream.host}/elsewhere"

    with pytest.raises(InvalidStatus):
        first_frame(f"{stream.url}/subscribe", allowed=(stream.host,))

    assert len(stream.agents) == 1


def test_a_proxy_is_not_asked(stream: Jetstream, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would resolve names itself, past the guard."""
    stream.frames.append("x")
    for name in ("http_proxy", "https_proxy", "ws_proxy", "wss_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")

    assert first_frame(f"{stream.url}/", allowed=(stream.host,)) == "x"


def test_a_frame_has_a_largest_size(stream: Jetstream) -> None:
    """One that is larger ends the connection before it is held."""
    stream.frames.append("x" * 2_000)

    with pytest.raises(ConnectionClosed) as caught:
        first_frame(f"{stream.url}/", allowed=(stream.host,), max_size=1_000)

    assert caught.value.sent is not None
    assert caught.value.sent.code == 1009


def test_a_server_without_its_certificate_is_not_trusted(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    """A certificate that nobody else has signed ends the connection."""
    port = free_port()
    certificate = tmp_path / "both.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(certificate), "-out",
         str(tmp_path / "cert.pem"), "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
         "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", certificate)
    loop, ready, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        server = await asyncio.start_server(lambda r, w: w.close(), "127.0.0.1", port, ssl=context)
        loop.set_exception_handler(lambda *_: None)
        ready.set()
        await stop.wait()
        server.close()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        with pytest.raises(ssl.SSLCertVerificationError):
            first_frame(f"https://127.0.0.1:{port}/", allowed=(f"127.0.0.1:{port}",))
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
