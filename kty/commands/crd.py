"""`kty crd`: what can be done with the kinds that a cluster's CustomResourceDefinitions define."""

import sys
from collections.abc import Sequence
from pathlib import Path

from kty.commands.arguments import Parser, add_cluster
from kty.errors import UsageError
from kty.text import printable


def _parser() -> Parser:
    parser = Parser(prog="kty crd", description="What can be done with custom resources.")
    words = parser.add_subparsers(dest="word", metavar="WORD", title="words")
    types = words.add_parser(
        "types",
        help="write Python classes for a custom resource of the cluster",
        description="Write msgspec classes for a custom resource of the cluster, for use with kty.kube.Api.of.",
    )
    types.add_argument("name", help="the definition's name (crontabs.example.com), or any name of the kind")
    types.add_argument("--version", default="", help="a version that is served (default: the one that is stored)")
    types.add_argument("-o", "--output", default="", metavar="FILE", help="write to this file (default: stdout)")
    add_cluster(types)
    return parser


def crd(arguments: Sequence[str]) -> int:
    """Run `kty crd` with these words. Returns the exit status. Raises KtyError."""
    given = _parser().parse_args(arguments)
    if not given.word:
        raise UsageError("`kty crd` wants a word more: types", hint="a kind of that name opens as `kty :crd`")
    _write(_source(given.name, given.version, given.kubeconfig, given.context), given.output)
    return 0


def _source(name: str, version: str, kubeconfig: str | None, context: str | None) -> str:
    from kty.kube.config import infer

    config = infer(kubeconfig, context)
    import asyncio

    from kty.kube.client import Client
    from kty.kube.crd.definition import find_definition
    from kty.kube.crd.source import module

    async def ask() -> str:
        async with Client(config) as client:
            return module(await find_definition(client, name, version))

    return asyncio.run(ask())


def _write(source: str, path: str) -> None:
    """Write to a file, or where there is no path to stdout; Python's source is UTF-8 whatever the locale says."""
    content = source.encode("utf-8")
    try:
        if path:
            Path(path).write_bytes(content)
            return
        if sys.stdout is None:
            raise UsageError("there is no stdout to write to", hint="name a file with -o")
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except (OSError, ValueError) as error:
        reason = ((isinstance(error, OSError) and error.strerror) or str(error)).lower()
        where = printable(path) if path else "stdout"
        raise UsageError(f"{where} cannot be written: {reason}", hint="name another file with -o") from error
