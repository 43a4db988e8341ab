"""Read the words of a command line; what is wrong with them is one sentence."""

import argparse
from typing import NoReturn

from kty.errors import UsageError


class Parser(argparse.ArgumentParser):
    """Raises UsageError where argparse would write on stderr and exit; `--help` still ends the process."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint=f"`{self.prog} --help` lists what is possible")


def add_cluster(parser: argparse.ArgumentParser) -> None:
    """Let the parser take what chooses a cluster."""
    parser.add_argument("--context", help="the kubeconfig context to open (default: the current one)")
    parser.add_argument(
        "--kubeconfig", metavar="FILE", help="the kubeconfig to read (default: $KUBECONFIG, ~/.kube/config)"
    )
