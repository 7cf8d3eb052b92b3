"""Webhooks over TLS: the certificate must be the name's, although the connection goes to an address that was looked at."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from config.webhooks import Endpoint
from messaging.providers import webhook as wire

NAME = "hooks.example.com"


def certificate(name: str, folder: Path) -> tuple[Path, Path]:
    """A certificate that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "certificate.pem", folder / "key.pem"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return cert_file, key_file


@contextmanager
def tls_receiver(cert_file: Path, key_file: Path) -> Iterator[tuple[int, list[str | None]]]:
    """A server of one connection that takes everything; gives its port and the names that it was called by."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    called: list[str | None] = []
    context.load_cert_chain(cert_file, key_file)
    context.sni_callback = lambda _, name, __: called.append(name)
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            with context.wrap_socket(server.accept()[0], server_side=True) as connection:
                received = b""
                while not received.endswith(b"{}"):  # head and body may come apart; closing on unread bytes would reset
                    received += connection.recv(65536) or b"{}"
                connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        except OSError:
            return

    threading.Thread(target=serve, daemon=True).start()
    with server:
        yield server.getsockname()[1], called


@pytest.mark.parametrize(
    ("name", "is_trusted", "is_taken"), [(NAME, True, True), (NAME, False, False), ("elsewhere.example.com", True, False)]
)
def test_a_delivery_goes_to_the_certified_name_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, is_trusted: bool, is_taken: bool
) -> None:
    cert_file, key_file = certificate(name, tmp_path)
    if is_trusted:
        monkeypatch.setattr(certifi, "where", lambda: str(cert_file))
    with tls_receiver(cert_file, key_file) as (port, called):
        monkeypatch.setattr(wire, "_looked_up", lambda *_: ["127.0.0.1"])
        endpoint = Endpoint(f"https://{NAME}:{port}/hook", (b"s" * 32,))
        if is_taken:
            assert wire.post(endpoint, b"{}", {}, timeout_seconds=10, total_seconds=20, private_allowed=True) == 204
        else:
            with pytest.raises(wire.WebhookNotTaken, match="no answer"):
                wire.post(endpoint, b"{}", {}, timeout_seconds=10, total_seconds=20, private_allowed=True)
    assert called == [NAME]
