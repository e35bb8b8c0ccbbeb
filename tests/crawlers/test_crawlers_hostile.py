"""Servers that are broken, busy or hostile: every crawl ends in a state with a name, and harms nobody."""

from __future__ import annotations

import gzip
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


def close(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def circle(handler: BaseHTTPRequestHandler) -> None:
    """Send the client back to the same place."""
    handler.send_response(302)
    handler.send_header("Location", handler.path)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def cut(handler: BaseHTTPRequestHandler) -> None:
    """Promise more than comes."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(RSS.encode())
    handler.close_connection = True


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Connection", "close")
    handler.end_headers()
    while True:
        handler.wfile.write(b"x" * 65536)


BOMB = gzip.compress(b"0" * 64 * 2**20)
LAUGHS = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + RSS.replace("one", "&b;").split("?>", 1)[1]
DEEP = "<rss><channel>" + "<a>" * 5000 + "</a>" * 5000 + "</channel></rss>"


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        pytest.param(("broken", 500), "error", "HTTP 500", id="500"),
        pytest.param(("gone", 410), "refused", "gone", id="410"),
        pytest.param(("no", 403), "refused", "does not allow", id="403"),
        pytest.param(("?", 404), "error", "nothing is at this address", id="404"),
        pytest.param(
            ("<!DOCTYPE html><html><body>Hello</body></html>", 200), "error", "HTML page", id="html"
        ),
        pytest.param(("", 200), "error", "empty answer", id="empty"),
        pytest.param(('{"a": 1}', 200), "error", "no JSON Feed", id="json that is no feed"),
        pytest.param(("[" * 100_000, 200), "error", "cannot be read", id="deep json"),
        pytest.param((LAUGHS, 200), "error", "declares entities", id="entities"),
        pytest.param((DEEP, 200), "error", "cannot be read", id="deep xml"),
        pytest.param(hang, "error", "no whole answer in time", id="hang"),
        pytest.param(close, "error", "closes the connection without an answer", id="closed"),
        pytest.param(circle, "error", "redirects in circles", id="circle"),
        pytest.param(cut, "error", "broke off", id="cut"),
        pytest.param(endless, "error", "larger than 16 MiB", id="endless"),
    ],
)
def test_each_fault_ends_in_a_named_state(
    project: Any, web: Any, answer: Any, state: str, reason: str
) -> None:
    """Whatever a server answers, the run says in words what it was, and no post is made of it."""
    if callable(answer):
        web.answers["/feed"] = answer
    else:
        web.says("/feed", answer[0], answer[1])
    project.allow_hosts = (web.host,)

    run = project.crawl(url=f"{web.url}/feed", answer_timeout_s=3.0 if answer is hang else 20.0)

    assert run.outcome == state
    assert reason in run.reason
    assert project.posts() == []


@pytest.mark.parametrize(
    ("body", "headers", "reason"),
    [
        pytest.param(BOMB, {"Content_Encoding": "gzip"}, "larger than 16 MiB", id="bomb"),
        pytest.param(
            gzip.compress(RSS.encode() * 50)[:-40],
            {"Content_Encoding": "gzip"},
            "broke off",
            id="half a gzip",
        ),
    ],
)
def test_packed_answers_are_whole_and_bounded(
    project: Any, web: Any, body: bytes, headers: dict[str, str], reason: str
) -> None:
    """A bomb is cut at the cap, and half a packed answer is not taken for all of it."""
    web.says("/feed", body, **headers)
    project.allow_hosts = (web.host,)

    run = project.crawl(url=f"{web.url}/feed")

    assert (run.outcome, reason in run.reason) == ("error", True), run.reason


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


@pytest.mark.parametrize("how", ["redirect", "name"])
def test_a_redirect_to_a_private_address_is_not_followed(
    project: Any, web: Any, canary: Any, how: str
) -> None:
    """A server that sends the crawl to another port of this machine gets it refused, address and all."""
    target = canary.url if how == "redirect" else canary.url.replace("127.0.0.1", "localhost")
    web.says("/feed", "", 302, Location=f"{target}/secret")
    project.allow_hosts = (web.host,)

    run = project.crawl(url=f"{web.url}/feed")

    assert run.outcome == "refused"
    assert run.reason.startswith(f"{web.host} redirects to another address: ")
    assert str(canary.port) in run.reason
    assert canary.asked == []


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


def test_robots_txt_is_obeyed(project: Any, web: Any) -> None:
    """A feed that robots.txt closes is not asked for, and the run says so."""
    web.says("/robots.txt", "User-agent: *\nDisallow: /feed")
    web.says("/feed", RSS)
    project.allow_hosts = (web.host,)

    run = project.crawl(url=f"{web.url}/feed")

    assert (run.outcome, "robots.txt" in run.reason) == ("refused", True)
    assert web.paths() == []


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
