"""Run a credential plugin once (client.authentication.k8s.io/v1 and v1beta1).

The plugin gets no terminal: its stdin is shut, it leads a session of its own, and what it writes to stderr is kept
for the error message. After `TIMEOUT` seconds it is killed together with its children.
"""

import asyncio
import base64
import json
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kty.errors import CredentialError
from kty.kube.target import Config, ExecConfig, KeyPair
from kty.text import printable

TIMEOUT = 30.0
"""Seconds that a plugin may take."""
MAX_OUTPUT = 1 << 20
"""Bytes that a plugin may print."""
_KEPT_OF_STDERR = 4096
_GRACE = 0.2
"""Seconds that stderr may stay open once the plugin has ended."""
_STDOUT, _STDERR = 1, 2


@dataclass(frozen=True, slots=True)
class Issued:
    """What a plugin gave: a token, a client certificate, or both."""

    token: str = field(default="", repr=False)
    certificate: KeyPair | None = field(default=None, repr=False)
    expires: float | None = None
    """Seconds since the epoch; None where the plugin does not say."""


async def run(plugin: ExecConfig, config: Config, *, timeout: float = TIMEOUT) -> Issued:
    """Run the plugin and return what it issued. Raises CredentialError, with the plugin's own last words."""
    name = printable(plugin.command.rpartition("/")[2])
    if plugin.interactive_mode == "Always":
        raise CredentialError(
            f"the credential plugin '{name}' wants to ask questions on a terminal, and kty uses this one",
            hint="log in with it in a shell first, or set its interactiveMode to IfAvailable",
        )
    code, stdout, stderr = await _output(plugin, name, _environment(plugin, config), timeout)
    if code != 0:
        how = f"ended with {code}" if code > 0 else f"was killed by signal {-code}"
        raise CredentialError(f"the credential plugin '{name}' {how}{_last_words(stderr)}", hint=plugin.install_hint)
    try:
        return read(stdout, plugin.api_version)
    except (ValueError, TypeError) as error:
        raise CredentialError(
            f"the credential plugin '{name}' gave no credential: {printable(str(error))}{_last_words(stderr)}",
            hint=f"run {name} in a shell to see what it prints",
        ) from error


def read(output: bytes, api_version: str) -> Issued:
    """Read an ExecCredential. Raises ValueError or TypeError for anything else; what was printed is not repeated."""
    try:
        credential = json.loads(output)
    except (ValueError, RecursionError):
        raise ValueError("it printed nothing" if not output.strip() else "what it printed is no JSON") from None
    if not isinstance(credential, dict) or credential.get("kind") != "ExecCredential":
        raise ValueError("what it printed is no ExecCredential")
    if credential.get("apiVersion") != api_version:
        raise ValueError(f"it answered in {str(credential.get('apiVersion'))[:80]!r} to {api_version}")
    status = credential.get("status")
    if not isinstance(status, dict):
        raise ValueError("its ExecCredential has no status")
    token, certificate, key = (_text(status, k) for k in ("token", "clientCertificateData", "clientKeyData"))
    if bool(certificate) != bool(key):
        raise ValueError("its client certificate and client key do not come together")
    if not (token or certificate):
        raise ValueError("its ExecCredential holds neither token nor client certificate")
    pair = KeyPair(certificate.encode(), key.encode()) if certificate else None
    return Issued(token.strip(), pair, _time(_text(status, "expirationTimestamp")))


def _text(status: Mapping[str, Any], key: str) -> str:
    value = status.get(key)
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{key} is no text")
    return value or ""


def _time(timestamp: str) -> float | None:
    if not timestamp:
        return None
    try:
        moment = datetime.fromisoformat(timestamp)
    except ValueError:
        raise ValueError("expirationTimestamp is no time") from None
    if moment.tzinfo is None:
        raise ValueError("expirationTimestamp has no time zone")
    return moment.timestamp()


def _environment(plugin: ExecConfig, config: Config) -> dict[str, str]:
    spec: dict[str, Any] = {"interactive": False}
    if plugin.provide_cluster_info:
        spec["cluster"] = _cluster(plugin, config)
    info = {"apiVersion": plugin.api_version, "kind": "ExecCredential", "spec": spec}
    return {**os.environ, **dict(plugin.env), "KUBERNETES_EXEC_INFO": json.dumps(info)}


def _cluster(plugin: ExecConfig, config: Config) -> dict[str, Any]:
    ca = config.tls.ca.read() if config.tls.ca else b""
    known = {
        "server": config.server,
        "tls-server-name": config.tls.server_name,
        "insecure-skip-tls-verify": not config.tls.verify,
        "certificate-authority-data": base64.b64encode(ca).decode(),
        "proxy-url": config.proxy,
        "disable-compression": not config.compress,
        "config": json.loads(plugin.cluster_config) if plugin.cluster_config else None,
    }
    return {key: value for key, value in known.items() if value}


async def _output(
    plugin: ExecConfig, name: str, environment: Mapping[str, str], timeout: float
) -> tuple[int, bytes, bytes]:
    """Return exit code, stdout, and the end of stderr, which a child left behind may keep open."""
    try:
        transport, printed = await asyncio.get_running_loop().subprocess_exec(
            _Printed,
            plugin.command,
            *plugin.args,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = "is not installed" if isinstance(error, FileNotFoundError) else f"cannot be started: {error}"
        raise CredentialError(
            f"the credential plugin '{name}' {printable(reason)}",
            hint=plugin.install_hint or "install it, or put its folder into PATH",
        ) from error
    try:
        async with asyncio.timeout(timeout):
            await printed.ended[_STDOUT].wait()
            await printed.exited.wait()
            with suppress(TimeoutError):
                await asyncio.wait_for(printed.ended[_STDERR].wait(), _GRACE)
    except TimeoutError as error:
        raise CredentialError(
            f"the credential plugin '{name}' did not end within {timeout:g} s{_last_words(printed.stderr)}",
            hint=f"run {name} in a shell to see what it waits for",
        ) from error
    finally:
        try:
            if not printed.exited.is_set():
                _kill(transport.get_pid())
                with suppress(TimeoutError):
                    await asyncio.wait_for(printed.exited.wait(), 1)
        finally:
            transport.close()
    if len(printed.stdout) > MAX_OUTPUT:
        raise CredentialError(f"the credential plugin '{name}' printed far more than a credential")
    return transport.get_returncode() or 0, bytes(printed.stdout), bytes(printed.stderr)


class _Printed(asyncio.SubprocessProtocol):
    """What a plugin prints, and whether it has ended: before its pipes, where a child has them, too."""

    def __init__(self) -> None:
        self.stdout, self.stderr = bytearray(), bytearray()
        self.ended = {_STDOUT: asyncio.Event(), _STDERR: asyncio.Event()}
        self.exited = asyncio.Event()
        self._pid = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.SubprocessTransport):
            self._pid = transport.get_pid()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == _STDERR:
            self.stderr += data
            del self.stderr[:-_KEPT_OF_STDERR]
            return
        self.stdout += data
        if len(self.stdout) > MAX_OUTPUT:
            _kill(self._pid)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        self.ended[fd].set()

    def process_exited(self) -> None:
        self.exited.set()


def _kill(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _last_words(stderr: bytes | bytearray) -> str:
    """Return the last two lines of stderr for an error message; nothing where there are none."""
    lines = [printable(line.strip()) for line in stderr.decode("utf-8", "replace").splitlines()]
    said = " ".join([line for line in lines if line][-2:])
    return f": {said[:300]}" if said else ""
