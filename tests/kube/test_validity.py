"""When a client certificate ends."""

from datetime import UTC, datetime, timedelta

import pytest

from kty.kube.validity import not_after
from tests.kube.certificates import Authority


@pytest.mark.parametrize("days", [-1, 1, 20_000], ids=["yesterday", "tomorrow", "after 2049"])
def test_the_first_certificate_says_when_it_ends(authority: Authority, days: int) -> None:
    issued = authority.issue(f"ends-{days}", days=days)
    chain = b"# issued for a test\n" + issued.certificate.read_bytes() + authority.certificate.read_bytes()
    ended = not_after(chain)
    assert ended is not None
    assert abs(ended - datetime.now(UTC) - timedelta(days=days)) < timedelta(hours=1)


@pytest.mark.parametrize("pem", [b"", b"\xff", b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"])
def test_what_is_no_certificate_has_no_end(pem: bytes) -> None:
    assert not_after(pem) is None
