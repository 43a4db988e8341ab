"""What the API server says when it refuses: one exception, and makers with the server's reasons, codes and words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kty.kube.objects import Object
from kty.kube.resource import Resource


class Cause(NamedTuple):
    """One entry of `details.causes`."""

    reason: str
    """`FieldValueRequired`, `FieldValueInvalid`, `FieldManagerConflict`, …"""
    message: str
    field: str = ""
    """A path such as `spec.containers[0].name`."""


@dataclass(frozen=True, slots=True)
class Details:
    """What a Status is about."""

    name: str = ""
    group: str = ""
    kind: str = ""
    """The plural, but for what is invalid: there the kind itself."""
    uid: str = ""
    causes: tuple[Cause, ...] = ()
    retry_after: int = 0
    """Seconds."""

    def content(self) -> Object:
        causes = [
            {"reason": cause.reason, "message": cause.message, **({"field": cause.field} if cause.field else {})}
            for cause in self.causes
        ]
        content = {
            "name": self.name,
            "group": self.group,
            "kind": self.kind,
            "uid": self.uid,
            "causes": causes,
            "retryAfterSeconds": self.retry_after,
        }
        return {field: value for field, value in content.items() if value}


class ApiError(Exception):
    """A request is refused; `status()` is the answer."""

    def __init__(self, code: int, reason: str, message: str, details: Details | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
        self.token = ""
        """What continues a list that could not be continued as asked."""

    @property
    def retry_after(self) -> int:
        return self.details.retry_after if self.details else 0

    def status(self) -> Object:
        """Return the Status object (meta/v1)."""
        meta = {"continue": self.token} if self.token else {}
        status: Object = {"kind": "Status", "apiVersion": "v1", "metadata": meta, "status": "Failure"}
        status["message"] = self.message
        if self.reason:
            status["reason"] = self.reason
        if self.details is not None:
            status["details"] = self.details.content()
        status["code"] = self.code
        return status


def success(details: Details | None = None) -> Object:
    """Return the Status of what was done and leaves no object to show."""
    status: Object = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
    if details is not None:
        status["details"] = details.content()
    return status


def _about(kind: str, name: str, *, causes: Sequence[Cause] = (), retry_after: int = 0, uid: str = "") -> Details:
    """Return the details for a kind by its id, such as `deployments.apps`."""
    plural, _, group = kind.partition(".")
    return Details(name, group, plural, uid, tuple(causes), retry_after)


def not_found(kind: str, name: str) -> ApiError:
    """404: no such object; `kind` is a Resource.id."""
    return ApiError(404, "NotFound", f'{kind} "{name}" not found', _about(kind, name))


def no_such_resource() -> ApiError:
    """404: no such kind."""
    return ApiError(404, "NotFound", "the server could not find the requested resource", Details())


def already_exists(kind: str, name: str) -> ApiError:
    """409: create what is there already."""
    return ApiError(409, "AlreadyExists", f'{kind} "{name}" already exists', _about(kind, name))


STALE = "the object has been modified; please apply your changes to the latest version and try again"


def conflict(kind: str, name: str, why: str = STALE, causes: Sequence[Cause] = ()) -> ApiError:
    """409: write what somebody else wrote meanwhile, or delete under a precondition that does not hold."""
    message = f'Operation cannot be fulfilled on {kind} "{name}": {why}'
    return ApiError(409, "Conflict", message, _about(kind, name, causes=causes))


def in_words(causes: Sequence[Cause]) -> str:
    said = list(dict.fromkeys(f"{cause.field}: {cause.message}" if cause.field else cause.message for cause in causes))
    return said[0] if len(said) == 1 else f"[{', '.join(said)}]"


def invalid(resource: Resource, name: str, causes: Sequence[Cause]) -> ApiError:
    """422: the object is understood but not allowed."""
    qualified = f"{resource.kind}.{resource.group}" if resource.group else resource.kind
    details = Details(name, resource.group, resource.kind, causes=tuple(causes))
    return ApiError(422, "Invalid", f'{qualified} "{name}" is invalid: {in_words(causes)}', details)


def invalid_options(kind: str, causes: Sequence[Cause]) -> ApiError:
    """422: parameters that do not go together; `kind` is `ListOptions`, `DeleteOptions`, …"""
    return invalid(Resource("meta.k8s.io", "v1", kind, ""), "", causes)


def forbidden(kind: str, name: str, why: str) -> ApiError:
    """403: this user may not, or nobody may; `kind` is empty for what is no resource."""
    if not kind:
        return ApiError(403, "Forbidden", f"forbidden: {why}", Details())
    qualified = f'{kind} "{name}"' if name else kind
    return ApiError(403, "Forbidden", f"{qualified} is forbidden: {why}", _about(kind, name))


def unauthorized() -> ApiError:
    """401: nobody knows this token."""
    return ApiError(401, "Unauthorized", "Unauthorized")


def bad_request(message: str) -> ApiError:
    """400: the request cannot be read."""
    return ApiError(400, "BadRequest", message)


def gone(message: str) -> ApiError:
    """410: the version asked for is compacted away."""
    return ApiError(410, "Expired", message)


def method_not_allowed() -> ApiError:
    """405: this kind takes no such verb."""
    return ApiError(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource", Details()
    )


def not_acceptable(accepted: Sequence[str]) -> ApiError:
    """406: no media type that the client takes is served here."""
    message = f"406: Not Acceptable\n\nAvailable representations: {', '.join(accepted)}"
    return ApiError(406, "NotAcceptable", message, Details())


def unsupported_media_type(accepted: Sequence[str]) -> ApiError:
    """415: the body is in no form that is taken here."""
    message = f"the body of the request was in an unknown format - accepted media types include: {', '.join(accepted)}"
    return ApiError(415, "UnsupportedMediaType", message)


def internal(message: str) -> ApiError:
    """500: the demo itself failed."""
    causes = (Cause("", message),)
    return ApiError(500, "InternalError", f"Internal error occurred: {message}", Details(causes=causes))


def timed_out(message: str, causes: Sequence[Cause] = (), retry_after: int = 0) -> ApiError:
    """504: what was asked for did not come in time."""
    return ApiError(504, "Timeout", message, Details(causes=tuple(causes), retry_after=retry_after))
