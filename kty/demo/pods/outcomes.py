"""How a program in a container ended, as the client is told on the error channel."""

import secrets
from dataclasses import dataclass
from typing import Final

import msgspec

_WRAPPED: Final = "Internal error occurred: "


@dataclass(frozen=True, slots=True)
class Outcome:
    """An exit code; or why there is none."""

    code: int = 0
    argv: tuple[str, ...] = ()
    fault: str = ""


def exited(code: int, argv: list[str]) -> Outcome:
    return Outcome(code, tuple(argv))


def not_started(why: str) -> Outcome:
    """Return that the runtime could not start it, in the words of containerd and runc."""
    where = f'failed to exec in container: failed to start exec "{secrets.token_hex(32)}"'
    return Outcome(fault=f"error executing command in container: {where}: OCI runtime exec failed: {why}: unknown")


def shown(outcome: Outcome, protocol: str) -> bytes:
    """Return what is sent on the error channel; nothing for a success where the subprotocol has no status."""
    is_v5 = protocol.startswith("v5.")
    has_status = is_v5 or protocol.startswith("v4.")
    if not outcome.code and not outcome.fault:
        return _status(status="Success") if has_status else b""
    if outcome.fault:
        # The API server takes the kubelet's status for an error of its own, and wraps it once more.
        inner = (_WRAPPED if is_v5 else "") + outcome.fault
        if not has_status:
            return (_WRAPPED + inner).encode()
        details = {"causes": [{"message": inner}]}
        return _status(status="Failure", message=_WRAPPED + inner, reason="InternalError", details=details, code=500)
    if is_v5:
        said = f"command terminated with exit code {outcome.code}"
    else:
        said = f"error executing command [{' '.join(outcome.argv)}], exit code {outcome.code}"
    message = f"command terminated with non-zero exit code: {said}"
    if not has_status:
        return message.encode()
    details = {"causes": [{"reason": "ExitCode", "message": str(outcome.code)}]}
    return _status(status="Failure", message=message, reason="NonZeroExitCode", details=details)


def _status(**fields: object) -> bytes:
    return msgspec.json.encode({"metadata": {}, **fields})
