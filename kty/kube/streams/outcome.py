"""From the last word of an exec or attach to how the command ended."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kty.errors import ServerFault
from kty.kube.errors import from_status
from kty.text import printable

_NOT_STARTED = re.compile(r"unable to start container process: (.+?)(?:: unknown)?$")
"""What runc says, at the end of a message that names all its callers."""


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
        raise from_status(_plain(status))
    return Exit(code, printable(str(status.get("message") or "")))


def _plain(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave out of a Status, and of its causes, through how many hands the container runtime's reason went."""
    details, found = part.get("details"), _NOT_STARTED.search(str(part.get("message")))
    plain = {**part, "message": f"the command could not be started: {found[1]}"} if found else {**part}
    if isinstance(details, Mapping) and isinstance(causes := details.get("causes"), list):
        shorter = [_plain(cause) if isinstance(cause, Mapping) else cause for cause in causes]
        plain["details"] = {**details, "causes": shorter}
    return plain


def _exit_code(status: Mapping[str, Any]) -> int | None:
    details = status.get("details")
    causes = details.get("causes") if isinstance(details, Mapping) else None
    for cause in causes if isinstance(causes, Sequence) else ():
        if isinstance(cause, Mapping) and cause.get("reason") == "ExitCode":
            text = str(cause.get("message"))
            return int(text) if text.isdecimal() else None
    return None
