"""Certificates and keys: what is not trusted is refused with its remedy, and no secret is shown."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from config import edit
from config.load import load, store_settings
from posts.errors import StoreError, StoreUnreachable
from store.elasticsearch import ElasticsearchStore
from store.engines import settings_from
from store.protocol import StoreSettings

KEY = "c2VjcmV0LWtleQ=="


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a certificate for 127.0.0.1 that nobody but itself has signed, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "rasad test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(made.public_bytes(pem) + private)
    return file


@pytest.fixture
def server(certificate: Path) -> Iterator[str]:
    """The https address of a server that counts no posts, as an Elasticsearch would say it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = b'{"count": 0}'
            self.send_response(200)
            self.send_header("X-Elastic-Product", "Elasticsearch")
            self.send_header("Content-Type", "application/vnd.elasticsearch+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing on the terminal."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """Say nothing of clients that do not trust it."""

    made = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    made.socket = context.wrap_socket(made.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{made.server_address[1]}"
    made.shutdown()
    made.server_close()
    thread.join()


def count(settings: StoreSettings) -> int:
    store = ElasticsearchStore(settings)
    try:
        return store.count("posts", {"match_all": {}})
    finally:
        store.close()


def test_an_unknown_certificate_is_refused_with_its_remedy(server: str) -> None:
    """No post and no key goes to a server that cannot be verified; the message names the setting."""
    with pytest.raises(StoreUnreachable) as caught:
        count(StoreSettings(folder=Path("none"), url=server, api_key=KEY))

    told = str(caught.value)
    assert "certificate cannot be verified" in told
    assert "RASAD_STORE_CA" in told
    assert KEY not in told


def test_a_file_of_its_authority_makes_it_known(server: str, certificate: Path) -> None:
    """With the file the same server is asked."""
    assert count(StoreSettings(folder=Path("none"), url=server, ca=certificate)) == 0


def test_a_missing_file_is_told(server: str, tmp_path: Path) -> None:
    """By its path and with the setting to mend."""
    with pytest.raises(StoreError, match=r"gone\.pem: There is no such file .* RASAD_STORE_CA"):
        ElasticsearchStore(StoreSettings(folder=Path("none"), url=server, ca=tmp_path / "gone.pem"))


def test_the_file_is_named_by_project_or_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`ca` of the project counts from its folder; the variable wins, and the door to the engine knows it."""
    monkeypatch.delenv("RASAD_STORE_CA", raising=False)
    edit.create(tmp_path / "tea", name="tea")
    edit.set_value(tmp_path / "tea", "store.ca", "own.pem")
    by_project = store_settings(load(tmp_path / "tea"))["ca"]
    monkeypatch.setenv("RASAD_STORE_CA", "/etc/rasad/ca.pem")

    assert by_project == tmp_path / "tea" / "own.pem"
    assert store_settings(load(tmp_path / "tea"))["ca"] == Path("/etc/rasad/ca.pem")
    assert settings_from({"RASAD_HOME": str(tmp_path), "RASAD_STORE_CA": "/a.pem"}).ca == Path("/a.pem")
    assert settings_from({"RASAD_HOME": str(tmp_path)}).ca is None


@pytest.mark.parametrize(
    ("url", "key", "warned"),
    [
        ("http://192.0.2.1:1", KEY, "API key goes to 192.0.2.1"),
        ("http://sara:pass-word@192.0.2.1:1", None, "password goes to 192.0.2.1"),
        ("http://192.0.2.1:1", None, ""),
        ("https://192.0.2.1:1", KEY, ""),
        ("http://127.0.0.1:1", KEY, ""),
        ("http://[::1]:1", KEY, ""),
        ("http://localhost:1", KEY, ""),
    ],
)
def test_a_secret_on_an_open_line_is_warned_of(url: str, key: str | None, warned: str) -> None:
    """A key or password over plain http to another machine, without showing it."""
    from store.elasticsearch_trust import exposed

    told = " ".join(exposed(StoreSettings(folder=Path("none"), url=url, api_key=key)))

    assert warned in told
    assert bool(told) == bool(warned)
    assert KEY not in told
    assert "pass-word" not in told


def test_the_warning_stands_in_the_health(unused_port: int) -> None:
    """`rasad check` and the dashboard read it there, though the server is away; no key is shown."""
    settings = StoreSettings(folder=Path("none"), url=f"http://rasad.invalid:{unused_port}", api_key=KEY)
    store = ElasticsearchStore(settings)
    warnings = store.health().warnings
    store.close()

    assert any("plain http" in warning for warning in warnings)
    assert KEY not in repr(warnings) + repr(settings)


@pytest.fixture
def unused_port() -> int:
    """A port where nobody listens."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
