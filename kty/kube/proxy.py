"""Which proxy leads to an API server: the kubeconfig's, else the environment's, by the rules of Go's net/http.

Python's own rules know no CIDR blocks in NO_PROXY, which is how clusters are usually exempted.
"""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeAlias
from urllib.parse import urlsplit

Address: TypeAlias = IPv4Address | IPv6Address


def is_proxy(url: str) -> bool:
    """Say whether this is the URL of a proxy that kubectl could use: http, https or socks5, and a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https", "socks5", "socks5h") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_socks(url: str) -> bool:
    """Say whether a proxy speaks SOCKS5."""
    return urlsplit(url).scheme.startswith("socks")


def proxy_for(server: str, configured: str, environ: Mapping[str, str]) -> str:
    """Return the URL of the proxy to reach a server through; empty to connect directly.

    What is configured wins, and NO_PROXY does not apply to it. Loopback addresses are never reached through a proxy
    of the environment.
    """
    if configured:
        return configured
    url = urlsplit(server)
    proxy = _variable(environ, f"{url.scheme}_proxy")
    host = url.hostname or ""
    port = url.port or (443 if url.scheme == "https" else 80)
    if (
        not proxy
        or _is_loopback(host)
        or any(_exempts(rule, host, port) for rule in _variable(environ, "no_proxy").split(","))
    ):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


def _variable(environ: Mapping[str, str], name: str) -> str:
    return (environ.get(name.upper()) or environ.get(name) or "").strip()


def _address(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    address = _address(host)
    return address.is_loopback if address else host == "localhost"


def _exempts(rule: str, host: str, port: int) -> bool:
    """Say whether one part of NO_PROXY (`*`, an address, a CIDR block, a domain; with a port or not) names the host."""
    rule = rule.strip().lower()
    address = _address(host)
    if rule == "*":
        return True
    if "/" in rule:
        return address is not None and _is_in(address, rule)
    name, wanted = _split_port(rule)
    if not name or (wanted and wanted != str(port)):
        return False
    if exempt := _address(name):
        return address == exempt
    name = name.removeprefix("*")
    return host.endswith(name) if name.startswith(".") else host == name or host.endswith(f".{name}")


def _is_in(address: Address, block: str) -> bool:
    try:
        return address in ip_network(block, strict=False)
    except ValueError:
        return False


def _split_port(rule: str) -> tuple[str, str]:
    if rule.startswith("["):
        name, _, rest = rule[1:].partition("]")
        return name, rest.removeprefix(":")
    if _address(rule):
        return rule, ""
    name, _, port = rule.partition(":")
    return name, port
