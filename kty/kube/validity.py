"""Until when a client certificate is good: servers only say that they do not know who asks.

Source: RFC 5280, section 4.1 (Certificate, Validity), in the DER of X.690.
"""

import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_VERSION, _UTC_TIME = 0xA0, 0x17
_VALIDITY = 3
"""Its place within what is signed, after serial number, algorithm and issuer."""


def not_after(pem: bytes) -> datetime | None:
    """Return when the first certificate in a PEM ends; None where that cannot be read."""
    found = _PEM.search(pem.decode("ascii", "ignore"))
    try:
        return _ending(ssl.PEM_cert_to_DER_cert(found[0])) if found else None
    except (ValueError, IndexError, StopIteration):
        return None


def _ending(der: bytes) -> datetime:
    _, certificate = next(_values(der))
    _, signed = next(_values(certificate))
    fields = [content for tag, content in _values(signed) if tag != _VERSION]
    tag, time = list(_values(fields[_VALIDITY]))[1]
    text = time.decode("ascii")
    if tag == _UTC_TIME:  # its two digits of a year mean 1950 to 2049
        text = ("19" if text >= "50" else "20") + text
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _values(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of each value, one after the other."""
    at = 0
    while at < len(der):
        tag, length, at = der[at], der[at + 1], at + 2
        if length & 0x80:
            octets = length & 0x7F
            length, at = int.from_bytes(der[at : at + octets]), at + octets
        yield tag, der[at : at + length]
        at += length
