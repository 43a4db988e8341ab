"""Every error that kty shows to a person.

KtyError
├── UsageError           the command line, a typed command or a filter is wrong
├── ConfigError          a kubeconfig or a settings file is missing or wrong
├── CredentialError      a credential plugin or a token file gave no credential
└── ClusterError         the API server refused, or could not be reached
    ├── Unreachable      no connection, or the connection broke
    │   └── Untrusted    TLS: either side refused the other's certificate
    ├── NotKubernetes    something answered that is no Kubernetes API server
    ├── Malformed        an object is not what its kind promises
    ├── BrokenArchive    what came is no tar archive, or it broke off
    ├── Unfinished       work on the cluster cannot be done, or not in time
    └── StatusError      the API server answered with a failure
        ├── Unauthorized     401
        ├── Forbidden        403
        ├── NotFound         404
        ├── Conflict         409
        ├── Expired          410: the version asked for is gone; list again
        ├── Invalid          400, 422
        ├── TooManyRequests  429
        └── ServerFault      5xx
"""

from collections.abc import Sequence
from dataclasses import dataclass

MOST_NAMED = 3
"""How many causes, or things that stand in the way, a sentence names."""


class KtyError(Exception):
    """Carries what happened and, when we know it, what to do next."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    def sentence(self) -> str:
        """Say what happened and what to do next on one line."""
        return _sentence(str(self), self.hint)


def _sentence(said: str, hint: str) -> str:
    """Return what was said and what to do next; servers end some of what they say with a full stop."""
    return f"{said.removesuffix('.')}: {hint}" if hint else said


def _with(said: str, unsaid: list[str]) -> str:
    """Return what was said with the first few of what was not."""
    if len(unsaid) > MOST_NAMED:
        unsaid[MOST_NAMED:] = [f"and {len(unsaid) - MOST_NAMED} more"]
    return f"{said} ({'; '.join(unsaid)})" if unsaid else said


class UsageError(KtyError):
    """The command line, a typed command or a filter is wrong."""


class ConfigError(KtyError):
    """A kubeconfig or a settings file is missing or wrong."""


class CredentialError(KtyError):
    """A credential plugin or a token file gave no credential."""


class ClusterError(KtyError):
    """The API server refused, or could not be reached."""


class Unreachable(ClusterError):
    """No connection, or the connection broke."""


class Untrusted(Unreachable):
    """TLS: either side refused the other's certificate."""


class NotKubernetes(ClusterError):
    """Something answered that is no Kubernetes API server."""


class Malformed(ClusterError):
    """An object is not what its kind promises."""

    def __init__(self, message: str, *, namespace: str = "", name: str = "", body: bytes = b"", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.namespace = namespace
        self.name = name
        """Empty where not even the metadata could be read."""
        self.body = body
        """The object's JSON, as it came."""


class BrokenArchive(ClusterError):
    """What came is no tar archive, or it broke off."""


class Unfinished(ClusterError):
    """Work on the cluster cannot be done, or not in time."""

    def __init__(self, message: str, *, left: Sequence[str] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.left = tuple(left)
        """What stands in the way, one sentence each."""

    def sentence(self) -> str:
        """Say what happened, what stands in the way and the message leaves out, and what to do next, on one line."""
        return _sentence(_with(str(self), [each for each in self.left if each not in str(self)]), self.hint)


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that was wrong: an entry of a Status object's `details.causes`."""

    reason: str = ""
    """In one word, such as `FieldValueRequired`, `DisruptionBudget` or `ExitCode`."""
    message: str = ""
    field: str = ""
    """The path of what was wrong in the object that was sent, such as `spec.replicas`."""

    def __str__(self) -> str:
        said = self.message or self.reason
        return f"{self.field}: {said}" if self.field and self.field not in said else said

    def is_within(self, said: str) -> bool:
        """Say whether this text names the cause already. Of conflicts it tells the managers once, for many fields."""
        return (self.field if self.reason == "FieldManagerConflict" else self.message or self.reason) in said


class StatusError(ClusterError):
    """The API server answered with a failure."""

    def __init__(
        self,
        message: str,
        *,
        code: int = 0,
        reason: str = "",
        retry_after: float | None = None,
        hint: str = "",
        causes: tuple[Cause, ...] = (),
    ) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        """The HTTP status, or the `code` of the Status object in a watch."""
        self.reason = reason
        """The Status object's `reason`, such as `AlreadyExists`; empty where none was sent."""
        self.retry_after = retry_after
        """Seconds that the server asks us to wait, where it said so."""
        self.causes = causes
        """What the server names as wrong one by one, in its order."""

    def sentence(self) -> str:
        """Say what happened, which causes the message leaves out, and what to do next, on one line."""
        said = str(self)
        unsaid = [str(cause) for cause in self.causes if not cause.is_within(said)]
        return _sentence(_with(said, unsaid), self.hint)


class Unauthorized(StatusError):
    """401: the credentials were not accepted."""


class Forbidden(StatusError):
    """403: this identity may not do that."""


class NotFound(StatusError):
    """404: no such object, or no such kind."""


class Conflict(StatusError):
    """409: the object exists already, or changed meanwhile."""


class Expired(StatusError):
    """410: the version asked for is gone; list again."""


class Invalid(StatusError):
    """400 or 422: the request was not understood or not allowed as it stands."""


class TooManyRequests(StatusError):
    """429: the server asks us to slow down."""


class ServerFault(StatusError):
    """5xx: the server, or something before it, failed."""
