"""From the last word of an exec or attach to how the command ended."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kty.errors import ServerFault
from kty.kube.errors import from_status
from kty.text import printable


@dataclass(frozen=True, slots=True)
class Exit:
    """How a command ended."""

    code: int
    """What it exited with; 128 and the signal's number where a signal ended it."""
    message: str = ""
    """What the server says about a code that is not 0."""

    @property
    def is_success(self) -> bool:
        return self.code == 0


def outcome(told: bytes) -> Exit:
    """Read the Status of `v4.channel.k8s.io` and later (k8s.io/apimachinery, remotecommand.NonZeroExitCodeReason).

    None means that the stream ended well. Raises a StatusError for a command that could not be started.
    """
    if not told:
        return Exit(0)
    try:
        status = json.loads(told)
    except ValueError:
        status = None
    if not isinstance(status, dict):
        raise ServerFault(printable(told.decode("utf-8", "replace"))[:2000], code=500)
    if status.get("status") == "Success":
        return Exit(0)
    code = _exit_code(status)
    if status.get("reason") != "NonZeroExitCode" or code is None:
        raise from_status(status)
    return Exit(code, printable(str(status.get("message") or "")))


def _exit_code(status: Mapping[str, Any]) -> int | None:
    details = status.get("details")
    causes = details.get("causes") if isinstance(details, Mapping) else None
    for cause in causes if isinstance(causes, Sequence) else ():
        if isinstance(cause, Mapping) and cause.get("reason") == "ExitCode":
            text = str(cause.get("message"))
            return int(text) if text.isdecimal() else None
    return None
