"""Servers that ask to wait, have moved, run dry or never end; single behaviours stand in `tests.hostile`."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>
<item><guid>https://x.example/1</guid><title>one</title>
<pubDate>Thu, 01 Oct 2026 08:30:00 GMT</pubDate></item>
</channel></rss>"""
EMPTY = '<?xml version="1.0"?><rss version="2.0"><channel><title>T</title></channel></rss>'


def hang(handler: BaseHTTPRequestHandler) -> None:
    """Say nothing until the client has gone."""
    handler.connection.settimeout(60)
    handler.rfile.read(1)
    handler.close_connection = True


def test_the_wait_asked_for_is_kept(project: Any, web: Any) -> None:
    """Retry-After of 2 seconds, twice: neither gap in the server's log is shorter, and the crawl succeeds."""
    left = [2, 2]

    def busy(handler: BaseHTTPRequestHandler) -> None:
        if left:
            handler.send_response(429)
            handler.send_header("Retry-After", str(left.pop()))
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(RSS)))
        handler.end_headers()
        handler.wfile.write(RSS.encode())

    web.answers["/feed"] = busy
    project.allow_hosts = (web.host,)

    run = project.crawl(url=f"{web.url}/feed")

    first, second, third = web.times("/feed")
    assert (run.outcome, run.got) == ("ok", 1)
    assert second - first >= 2.0
    assert third - second >= 2.0
    assert run.details["waited_s"] >= 4.0


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(lambda: {"Retry_After": "300"}, id="seconds"),
        pytest.param(
            lambda: {"Retry_After": format_datetime(datetime.now(UTC) + timedelta(seconds=300), usegmt=True)},
            id="date",
        ),
        pytest.param(
            lambda: {"X_RateLimit_Reset": (datetime.now(UTC) + timedelta(seconds=300)).isoformat()},
            id="iso reset",
        ),
        pytest.param(
            lambda: {"X_RateLimit_Reset": str(int(datetime.now(UTC).timestamp()) + 300)}, id="epoch reset"
        ),
        pytest.param(lambda: {"Retry_After": "999999999"}, id="absurd"),
    ],
)
def test_a_wait_over_the_budget_puts_the_source_off(
    project: Any, web: Any, header: Callable[[], dict[str, str]]
) -> None:
    """A long wait ends the run at once; until when stands in the state, at most a day away."""
    web.says("/feed", "", 429, **header())
    project.allow_hosts = (web.host,)
    began = datetime.now(UTC)

    run = project.crawl(url=f"{web.url}/feed")

    with project.state() as state:
        until = state.control("source").put_off_until
    assert run.outcome == "put off"
    assert run.reason.startswith("the server answers 429 and asks to wait ")
    assert run.reason.count("put off until") == 1
    assert web.paths() == ["/feed"]
    assert until is not None
    assert timedelta(seconds=290) <= until - began <= timedelta(hours=24, minutes=1)


def test_a_server_without_its_certificate_is_named(project: Any, web: Any, tmp_path: Path) -> None:
    """Neither plain http under https nor a certificate that nobody signed gives a reason in Python."""
    project.allow_hosts = (web.host,)

    plain = project.crawl("plain", url=f"https://{web.host}/feed")
    with _self_signed(tmp_path) as port:
        project.allow_hosts = (f"127.0.0.1:{port}",)
        unsigned = project.crawl("unsigned", url=f"https://127.0.0.1:{port}/feed")

    assert (plain.outcome, plain.reason) == ("error", f"{web.host} does not speak https at this address")
    assert (unsigned.outcome, unsigned.reason) == (
        "error",
        f"127.0.0.1:{port} shows a certificate that is not valid for it",
    )


@contextmanager
def _self_signed(folder: Path) -> Iterator[int]:
    """A server with a certificate made by itself; its port."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    certificate = (
        made.not_valid_before(now).not_valid_after(now + timedelta(hours=1)).sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = folder / "server.pem"
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_shake_hands, args=(server, context), daemon=True).start()
        yield server.getsockname()[1]


def _shake_hands(server: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection, suppress(OSError), context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(1000)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:{port}/", "http://2130706433/", "http://[::ffff:127.0.0.1]/", "http://localhost/"]
)  # fmt: skip
def test_private_addresses_are_refused_by_default(project: Any, canary: Any, address: str) -> None:
    """Without crawl.allow_hosts nothing on this machine or its network is asked, however it is written."""
    run = project.crawl(url=address.format(port=canary.port), contact="test@example.org")

    assert run.outcome == "refused", run.reason
    assert canary.asked == []


def test_a_contact_is_needed_for_servers_of_others(project: Any) -> None:
    """Without a contact for the user agent no server of others is asked."""
    run = project.crawl(url="https://feeds.example/")

    assert (run.outcome, run.asked) == ("not set up", 0)


def test_an_unchanged_feed_is_not_read_again(project: Any, web: Any) -> None:
    """The second crawl sends what the first was told, and 304 is a good run with nothing new."""

    def feed(handler: BaseHTTPRequestHandler) -> None:
        unchanged = handler.headers.get("If-None-Match") == '"v1"'
        handler.send_response(304 if unchanged else 200)
        handler.send_header("ETag", '"v1"')
        handler.send_header("Content-Length", "0" if unchanged else str(len(RSS)))
        handler.end_headers()
        if not unchanged:
            handler.wfile.write(RSS.encode())

    web.answers["/feed"] = feed
    project.allow_hosts = (web.host,)

    runs = [project.crawl(url=f"{web.url}/feed") for _ in range(2)]

    assert [(run.outcome, run.got) for run in runs] == [("ok", 1), ("ok", 0)]
    assert len(project.posts()) == 1


def test_a_feed_that_moved_for_good_is_asked_there(project: Any, web: Any) -> None:
    """After a 301 the new address is asked at once; the ids stay those of the address in the settings."""
    web.says("/old", "", 301, Location=f"{web.url}/new")
    web.says("/new", RSS)
    project.allow_hosts = (web.host,)

    project.crawl(url=f"{web.url}/old")
    run = project.crawl(url=f"{web.url}/old")

    assert web.paths() == ["/old", "/new", "/new"]
    assert run.outcome == "ok"
    assert len({post.id for post in project.posts()}) == 1


def test_a_feed_that_has_run_dry_is_partial(project: Any, web: Any) -> None:
    """No entries where there were some before is not taken for good order."""
    project.allow_hosts = (web.host,)
    web.says("/feed", RSS)
    project.crawl(url=f"{web.url}/feed")
    web.says("/feed", EMPTY)

    run = project.crawl(url=f"{web.url}/feed")

    assert (run.outcome, "no entries" in run.reason) == ("partial", True)


def test_what_cannot_be_read_is_a_dead_letter(project: Any, web: Any) -> None:
    """Entries that are no posts are kept with their reason, the others come in, and the run is partial."""
    odd = RSS.replace(
        "</channel>",
        "<item><guid>https://x.example/2</guid><title>old</title>"
        "<pubDate>Thu, 01 Oct 1403 08:30:00 GMT</pubDate></item><item/></channel>",
    )
    web.says("/feed", odd)
    project.allow_hosts = (web.host,)

    run = project.crawl(url=f"{web.url}/feed")

    letters = {letter.subject: letter.reason for letter in project.dead_letters()}
    assert (run.outcome, run.got, run.refused) == ("partial", 1, 2)
    assert len(letters) == 2
    assert any("2000-01-01" in reason for reason in letters.values())


def test_a_crawl_over_its_time_is_ended(project: Any, web: Any) -> None:
    """A server that never finishes costs no more than the time limit and a little."""
    web.answers["/feed"] = hang
    project.allow_hosts = (web.host,)

    run = project.crawl(url=f"{web.url}/feed", timeout_s=2.0)

    assert run.outcome == "error"
    assert run.ended_at is not None
    # The server waits for a minute; a crawl's process alone may take some seconds to start.
    assert run.ended_at - run.started_at < timedelta(seconds=45)


def test_a_full_spool_is_an_error_and_moves_no_cursor(project: Any, web: Any) -> None:
    """When posts cannot be written, the run says so and the next crawl asks for them again."""
    web.says("/feed", RSS, ETag='"v1"')
    project.allow_hosts = (web.host,)
    (project.folder / "spool").write_text("not a folder")

    run = project.crawl(url=f"{web.url}/feed")

    assert (run.outcome, "could not be written" in run.reason) == ("error", True)
    assert project.cursor("etag") is None


def test_pseudonyms_leave_no_name_behind(project: Any, web: Any) -> None:
    """In a project with pseudonyms neither the spool nor the log holds the author's name."""
    named = RSS.replace("<title>one</title>", "<title>one</title><author>s@x.example (Sara Plain)</author>")
    web.says("/feed", named)
    project.allow_hosts = (web.host,)

    run = project.crawl(url=f"{web.url}/feed", pseudonyms=True)

    (post,) = project.posts()
    assert run.outcome == "ok"
    assert post.author.key.startswith("feed:p-")
    assert "sara" not in repr(post).lower()
    assert "sara" not in (project.folder / "crawl.log").read_text().lower()
    assert (project.folder / "pseudonym.key").stat().st_mode & 0o777 == 0o600
