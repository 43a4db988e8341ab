"""Certificates for tests, made by the openssl command."""

import ssl
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


def _openssl(*args: str | Path) -> None:
    subprocess.run(["openssl", *args], check=True, capture_output=True)


@dataclass(frozen=True)
class Issued:
    """A certificate and its key, in files."""

    certificate: Path
    key: Path

    def serving(self, clients: "Authority | None" = None) -> ssl.SSLContext:
        """Return the context of a server; one that asks clients for a certificate of this authority."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        if clients:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(clients.certificate)
        return context


def locked(issued: Issued) -> Issued:
    """Return the same certificate with its key behind a passphrase."""
    key = issued.key.with_suffix(".locked")
    _openssl("ec", "-in", issued.key, "-aes256", "-passout", "pass:secret", "-out", key)
    return Issued(issued.certificate, key)


class Authority:
    """A certificate authority in a folder."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.certificate, self._key = folder / "ca.crt", folder / "ca.key"
        _key(self._key)
        _openssl("req", "-x509", "-key", self._key, "-subj", f"/CN={name}", "-days", "30", "-out", self.certificate)

    def issue(self, name: str, names: Sequence[str] = (), *, days: int = 30) -> Issued:
        """Return a certificate; names look like `DNS:api.test` and `IP:127.0.0.1`. Expired, where days is negative."""
        path = self.folder / f"{name}.crt"
        issued = Issued(path, path.with_suffix(".key"))
        request, extensions = path.with_suffix(".csr"), path.with_suffix(".ext")
        _key(issued.key)
        _openssl("req", "-new", "-key", issued.key, "-subj", f"/O=testers/CN={name}", "-out", request)
        extensions.write_text(f"subjectAltName={','.join(names)}\n" if names else "")
        signed_by = ("-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial")
        times = ("-days", str(days), "-extfile", extensions)
        _openssl("x509", "-req", "-in", request, *signed_by, *times, "-out", path)
        return issued


def _key(path: Path) -> None:
    _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path)
