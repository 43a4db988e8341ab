"""What `kty serve` was asked for: by the command line, else by the file that it names, else as it is by default."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kty.commands.arguments import Parser, add_cluster
from kty.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from kty.ssh.limits import Limits

LOOPBACK = "127.0.0.1"
PORT = 2222
TEXT, JSON = "text", "json"
STDERR = Path("-")
PORTS = range(65_536)


@dataclass(frozen=True, slots=True)
class Options:
    """How a server is to be."""

    limits: "Limits"
    authorized_keys: Path
    host_key: Path
    address: str = LOOPBACK
    port: int = PORT
    public_address: tuple[str, int | None] | None = None
    """Where people reach it, where that is not where it listens; no port is the one it listens on."""
    strict_pq: bool = False
    readonly: bool = False
    proxies: tuple[str, ...] = ()
    """Addresses and networks whose connections begin with a header of the PROXY protocol."""
    http_address: str = LOOPBACK
    http_port: int | None = None
    """Where health and metrics are told; None for nowhere."""
    log_format: str = TEXT
    audit_log: Path | None = None
    """Where security events are written; `-` for stderr, None for nowhere but the log."""
    check: bool = False
    """Only look whether everything is there."""
    context: str | None = None
    kubeconfig: str | None = None


def _parser() -> Parser:
    parser = Parser(
        prog="kty serve",
        description="Serve kty over SSH: whoever logs in sees the screens that you see here.",
        epilog="The file of --config is YAML: these options without their dashes, and limits (docs/serve.md).",
    )
    parser.add_argument(
        "--as-me",
        action="store_true",
        default=None,
        help="serve your own kubeconfig: everybody who logs in acts as you on the cluster",
    )
    parser.add_argument(
        "--authorized-keys", metavar="FILE", help="whose keys may log in (default: ~/.ssh/authorized_keys)"
    )
    parser.add_argument("--address", help=f"where to listen (default: {LOOPBACK}, this machine only)")
    parser.add_argument(
        "--ssh-port", type=_port("--ssh-port"), metavar="PORT", help=f"default: {PORT}; 0: any that is free"
    )
    parser.add_argument(
        "--public-address",
        metavar="HOST[:PORT]",
        help="where people reach it, where that is not where it listens: behind a NAT, a load balancer, a Service",
    )
    parser.add_argument(
        "--host-key", metavar="FILE", help="the server's private key; made where there is none (default: kty's own)"
    )
    parser.add_argument(
        "--strict-pq",
        action="store_true",
        default=None,
        help="take no key exchange that a quantum computer could break (needs OpenSSH 9.9)",
    )
    parser.add_argument(
        "--readonly", action="store_true", default=None, help="offer nothing that changes the cluster, to nobody"
    )
    parser.add_argument(
        "--proxy-protocol",
        action="append",
        metavar="NETWORK",
        help="proxies that tell who comes, by the PROXY protocol: an address or a network; may be given several times",
    )
    parser.add_argument(
        "--http-port",
        type=_port("--http-port"),
        metavar="PORT",
        help="tell health and metrics there (default: nowhere)",
    )
    parser.add_argument("--http-address", metavar="ADDRESS", help=f"where to listen for that (default: {LOOPBACK})")
    parser.add_argument("--log-format", choices=(TEXT, JSON), help="how the log on stderr is written (default: text)")
    parser.add_argument(
        "--audit-log", metavar="FILE", help="append security events to this file, a JSON object a line; - for stderr"
    )
    parser.add_argument("--config", metavar="FILE", help="read options from this file; the command line goes first")
    parser.add_argument("--check", action="store_true", help="look whether all is in place, say so, and end")
    add_cluster(parser)
    return parser


def _port(option: str) -> Callable[[str], int]:
    """Return what reads a port, and names the option where it is none."""

    def port(text: str) -> int:
        if not (text.isascii() and text.isdigit() and int(text[:6]) in PORTS):
            raise UsageError(f"{option} {text} is no port", hint="ports are 1 to 65535; 0 takes any that is free")
        return int(text)

    return port


def parse(arguments: Sequence[str]) -> Options:
    """Return what is asked for. Raises UsageError, and ConfigError for the file."""
    given = _parser().parse_args(arguments)
    place = Path(given.config).expanduser() if given.config else None
    nobody = UsageError(
        "kty serve wants to be told as whom people act",
        hint="--as-me serves your own kubeconfig to the keys in your ~/.ssh/authorized_keys",
    )
    if place is None and not given.as_me:
        raise nobody
    from kty.ssh.config_file import File, read
    from kty.ssh.limits import networks
    from kty.ssh.public_address import public_address

    try:
        networks(tuple(given.proxy_protocol or ()))
    except ValueError as error:
        raise UsageError(f"--proxy-protocol: {error}") from error
    try:
        public = public_address(given.public_address or "")
    except ValueError as error:
        raise UsageError(f"--public-address: {error}") from error
    file = read(place) if place is not None else File()
    if not (given.as_me or file.as_me):
        raise nobody
    return Options(
        limits=file.limits,
        authorized_keys=_path(given.authorized_keys, file.authorized_keys, place) or _home(".ssh/authorized_keys"),
        host_key=_path(given.host_key, file.host_key, place) or default_host_key(),
        address=given.address or file.address or LOOPBACK,
        port=next(each for each in (given.ssh_port, file.ssh_port, PORT) if each is not None),
        public_address=public or public_address(file.public_address),
        strict_pq=file.strict_pq if given.strict_pq is None else given.strict_pq,
        readonly=file.readonly if given.readonly is None else given.readonly,
        proxies=tuple(given.proxy_protocol or ()) or file.proxy_protocol,
        http_address=given.http_address or file.http_address or LOOPBACK,
        http_port=file.http_port if given.http_port is None else given.http_port,
        log_format=given.log_format or file.log_format or TEXT,
        audit_log=STDERR
        if (given.audit_log or file.audit_log) == STDERR.name
        else _path(given.audit_log, file.audit_log, place),
        check=given.check,
        context=given.context,
        kubeconfig=given.kubeconfig,
    )


def _path(given: str | None, configured: str, place: Path | None) -> Path | None:
    """Return the file that is named; a name in a file is meant from where that file is."""
    if given:
        return Path(given).expanduser()
    if configured and place is not None:
        return place.parent / Path(configured).expanduser()
    return None


def _home(name: str) -> Path:
    try:
        return Path.home() / name
    except RuntimeError as error:
        raise ConfigError("there is no home directory", hint="name the files by options") from error


def state_directory() -> Path:
    """Return where a server keeps what it has to remember. Raises ConfigError where there is no home for it."""
    from kty.settings import state_path

    try:
        return state_path().parent / "serve"
    except OSError as error:
        raise ConfigError(str(error)) from error


def default_host_key() -> Path:
    """Return where the server's key is, unless another one is named."""
    return state_directory() / "ssh_host_ed25519_key"
