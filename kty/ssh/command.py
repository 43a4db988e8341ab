"""Run a server until somebody asks the process to end."""

import asyncio
import ipaddress
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, contextmanager
from typing import TypeAlias

from kty.errors import ConfigError
from kty.ssh.algorithms import algorithms
from kty.ssh.behind import Behind
from kty.ssh.host_key import HostKey, load_host_key
from kty.ssh.key_file import KeyFile
from kty.ssh.lines import Lines
from kty.ssh.listening import listening
from kty.ssh.options import STDERR, Options
from kty.ssh.server import Server
from kty.ssh.session import MakeApp, MakeTarget
from kty.ssh.watch import Watch, watching
from kty.ssh.writable import check_host_key, check_log
from kty.text import printable

Apps: TypeAlias = Callable[[], AbstractAsyncContextManager[tuple[MakeApp, MakeTarget, Behind]]]
"""Opens what all sessions share, and gives what makes an app, what a command is for, and what is behind both."""


def run(options: Options, apps: Apps, what: str, stderr: Lines | None) -> int:
    """Serve until SIGTERM, SIGINT or SIGHUP, and return the exit status; `what` tells in a few words what is served.

    Raises ConfigError where something is not in place; the first thing that is not.
    """
    login = KeyFile(options.authorized_keys)
    count = login.read()
    if not count:
        raise ConfigError(
            f"{login.path} has no key that may come in", hint="put public keys there, as ssh-keygen -y prints them"
        )
    whom = f"{count} key{'s' * (count != 1)} of {login.path}"
    if options.check:
        return asyncio.run(_check(options, what, whom))
    host_key = load_host_key(options.host_key)
    with watching(options, stderr) as watch:
        return asyncio.run(_serve(options, apps, login, host_key, what, whom, watch))


async def _check(options: Options, what: str, whom: str) -> int:
    host_key = load_host_key(options.host_key) if check_host_key(options.host_key) else None
    if options.audit_log not in (None, STDERR):
        check_log(options.audit_log)
    with ExitStack() as sockets:  # all at once, as they will be
        ssh = [sockets.enter_context(each) for each in await listening(options.address, options.port)]
        if options.http_port is not None:
            for each in await listening(options.http_address, options.http_port, option="--http-port"):
                sockets.enter_context(each)
        is_for_others = not all(_at(each.getsockname()[0]).is_loopback for each in ssh)
    where = f"{options.address} port {options.port}"
    _say(f"kty would serve {what} on {where}, to {whom}")
    if is_for_others:
        _warn_of_others(where)
    if host_key is not None:
        _say(f"host key {host_key.fingerprint} ({host_key.path})")
    else:
        _say(f"the host key {options.host_key} is still to be made")
    return 0


async def _serve(
    options: Options, apps: Apps, login: KeyFile, host_key: HostKey, what: str, whom: str, watch: Watch
) -> int:
    async with apps() as (make_app, make_target, behind):
        server = Server(
            make_app,
            login,
            host_key.key,
            make_target=make_target,
            address=options.address,
            port=options.port,
            limits=options.limits,
            algorithms=algorithms(strict_pq=options.strict_pq),
            proxies=options.proxies,
            public_address=options.public_address,
            tell=watch.tell,
            agreed=watch.agreed,
            counted=watch.counted,
        )
        with _asked_to_end() as asked:
            async with server, watch.told_outside(server, behind, options) as outside:
                for address, port in outside:
                    name = f"[{address}]" if ":" in address else address
                    _say(f"health and metrics: http://{name}:{port}/metrics, /healthz and /readyz")
                _announce(server, host_key, what, whom)
                await asked.get()
                draining = asyncio.ensure_future(server.drain())
                again = asyncio.ensure_future(asked.get())
                try:
                    await asyncio.wait({draining, again}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for each in (draining, again):
                        each.cancel()
    return 0


def _announce(server: Server, host_key: HostKey, what: str, whom: str) -> None:
    """Say where the server is, and how people know that it is this one."""
    addresses = server.addresses
    known = [_at(address) for address, _ in addresses]
    if server.public_address is not None:
        name, port = server.public_address
    else:
        name, port = addresses[0]
        if any(each.is_unspecified for each in known):
            name = socket.gethostname()
    where = " and ".join(f"[{at}]:{bound}" if ":" in at else f"{at}:{bound}" for at, bound in addresses)
    _say(f"kty serves {what} on {where}, to {whom}")
    if not all(each.is_loopback for each in known):
        _warn_of_others(where)
    _say(f"host key {host_key.fingerprint} ({host_key.path})")
    _say(f"known_hosts: {host_key.known_hosts(name, port)}")
    _say(f"ssh -p {port} {name}" if port != 22 else f"ssh {name}")


def _at(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(address.partition("%")[0])


def _warn_of_others(where: str) -> None:
    _warn(f"whoever reaches {where} with one of these keys acts as you on the cluster")


@contextmanager
def _asked_to_end() -> "Iterator[asyncio.Queue[int]]":
    """Yield where it is told, each time, that the process was asked to end."""
    asked: asyncio.Queue[int] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    numbers = [signal.SIGTERM, signal.SIGINT]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # else it was started to outlive its terminal
        numbers.append(signal.SIGHUP)
    for number in numbers:
        loop.add_signal_handler(number, asked.put_nowait, number)
    try:
        yield asked
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


def _say(line: str) -> None:
    if sys.stdout is not None:
        sys.stdout.write(f"{printable(line)}\n")
        sys.stdout.flush()


def _warn(line: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(f"kty: {printable(line)}\n")
        sys.stderr.flush()
