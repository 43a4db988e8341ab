"""Where people reach a server that listens elsewhere: behind a NAT, a load balancer, a Service of Kubernetes."""

import ipaddress
import re

_PLACE = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|(\w[\w.-]*))(?::([0-9]{1,5}))?", re.ASCII)


def public_address(text: str) -> tuple[str, int | None] | None:
    """Return host and port of `HOST`, `HOST:PORT`, `[IPV6]` or `[IPV6]:PORT`; None for what is not said.

    What is returned is put into commands that people are told. Raises ValueError with a sentence.
    """
    if not text:
        return None
    found = _PLACE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text} is no HOST, and no HOST:PORT")
    six, name, port = found.groups()
    if port is not None and not 0 < int(port) <= 65_535:
        raise ValueError(f"{port} is no port: they are 1 to 65535")
    return str(ipaddress.IPv6Address(six)) if six else name, None if port is None else int(port)
