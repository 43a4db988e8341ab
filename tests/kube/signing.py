"""A request for a certificate (PKCS #10), made by the openssl command."""

import subprocess
import tempfile
from pathlib import Path


def signing_request(user: str = "t-jane") -> bytes:
    """Return a request in PEM; its key is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder) / "key"
        curve = ("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
        subprocess.run(["openssl", *curve], check=True, capture_output=True)
        asked = ("req", "-new", "-key", key, "-subj", f"/CN={user}")
        return subprocess.run(["openssl", *asked], check=True, capture_output=True).stdout
