"""The reviews: questions about access that are answered at once and kept nowhere."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from aiohttp import web

from kty.demo import bodies
from kty.demo.access.rbac import Attributes
from kty.demo.access.tokens import ISSUER
from kty.demo.access.users import User
from kty.demo.answers import answer as send
from kty.demo.applying import track
from kty.demo.call import Call
from kty.demo.merge_keys import PLAIN
from kty.demo.ownership.rules import Rules
from kty.demo.statuses import Cause, bad_request, invalid, method_not_allowed, not_found
from kty.demo.store import encode
from kty.demo.times import timestamp
from kty.kube.objects import Object
from kty.kube.resource import Resource

_RULES: Final = Rules(PLAIN, {"spec": {}})
"""Who wrote a review is said of it as of anything else."""
_SHORTEST: Final = 10 * 60
_LONGEST: Final = 1 << 32
_AN_HOUR: Final = 60 * 60


async def answer(call: Call) -> web.StreamResponse:
    """Answer a review of authorization.k8s.io or authentication.k8s.io."""
    if call.verb != "create":
        raise method_not_allowed()
    review = bodies.read(call)
    answered = _REVIEWS[call.kind.resource.plural](call, review)
    return await send(call.request, encode(answered), status=201)


async def token(call: Call) -> web.StreamResponse:
    """Make a token for a service account (authentication.k8s.io/v1 TokenRequest)."""
    if call.verb != "create":
        raise method_not_allowed()
    registry = call.demo.registry
    account = registry.get("serviceaccounts", call.namespace, call.name)
    spec = bodies.document(call.body).get("spec") or {}  # it is no ServiceAccount, though it is sent to one
    seconds = spec.get("expirationSeconds") or _AN_HOUR
    audiences = spec.get("audiences") or [ISSUER]
    _refuse_duration(seconds)
    bound = spec.get("boundObjectRef")
    if bound:
        kind = {"Pod": "pods", "Secret": "secrets", "Node": "nodes"}.get(bound.get("kind", ""), "")
        place = "" if kind == "nodes" else call.namespace
        if not kind or registry.find(kind, place, bound.get("name", "")) is None:
            raise not_found(kind, bound.get("name", ""))
    signed, expires = call.demo.service_accounts.issue(account, seconds=seconds, audiences=audiences)
    metadata = account["metadata"]
    request: Object = {
        "kind": "TokenRequest",
        "apiVersion": "authentication.k8s.io/v1",
        "metadata": {
            "name": call.name,
            "namespace": call.namespace,
            "uid": metadata["uid"],
            "creationTimestamp": timestamp(registry.clock.now()),
        },
        "spec": {"audiences": audiences, "expirationSeconds": seconds, "boundObjectRef": bound},
        "status": {"token": signed, "expirationTimestamp": timestamp(expires)},
    }
    return await send(call.request, encode(request), status=201)


def _refuse_duration(seconds: int) -> None:
    if seconds < _SHORTEST:
        why = "may not specify a duration less than 10 minutes"
    elif seconds > _LONGEST:
        why = "may not specify a duration larger than 2^32 seconds"
    else:
        return
    cause = Cause("FieldValueInvalid", f"Invalid value: {seconds}: {why}", "spec.expirationSeconds")
    raise invalid(Resource("authentication.k8s.io", "v1", "TokenRequest", ""), "", [cause])


def _self_access(call: Call, review: Object) -> Object:
    spec = review.get("spec") or {}
    _refuse(_mistakes(spec))
    return _with_status(call, review, _access(call, call.user, spec))


def _access_of(call: Call, review: Object) -> Object:
    spec = review.get("spec") or {}
    _refuse(_mistakes_of_user(spec) + _mistakes(spec))
    return _with_status(call, review, _access(call, _user_of(spec), spec))


def _local_access(call: Call, review: Object) -> Object:
    spec = review.get("spec") or {}
    mistakes = _mistakes_of_user(spec) + _mistakes(spec)
    namespace = (spec.get("resourceAttributes") or {}).get("namespace", "")
    if "resourceAttributes" in spec and namespace != call.namespace:
        why = f'Invalid value: "{namespace}": must match metadata.namespace'
        mistakes.append(Cause("FieldValueInvalid", why, "spec.resourceAttributes.namespace"))
    _refuse(mistakes)
    review["metadata"]["namespace"] = call.namespace
    return _with_status(call, review, _access(call, _user_of(spec), spec))


def _self_rules(call: Call, review: Object) -> Object:
    namespace = (review.get("spec") or {}).get("namespace", "")
    if not namespace:
        raise bad_request("no namespace on request")
    rules = call.demo.rbac.rules(call.user, namespace)
    status = {
        "resourceRules": [dict(rule) for rule in rules if rule.get("resources")],
        "nonResourceRules": [dict(rule) for rule in rules if rule.get("nonResourceURLs")],
        "incomplete": False,
    }
    if faults := call.demo.rbac.faults(call.user, namespace):
        status["evaluationError"] = faults
    return {**_head(call), "metadata": {}, "spec": {}, "status": status}


def _self_subject(call: Call, review: Object) -> Object:
    created = {"creationTimestamp": timestamp(call.demo.registry.clock.now())}
    return {**_head(call), "metadata": created, "status": {"userInfo": call.user.info()}}


def _token(call: Call, review: Object) -> Object:
    given = (review.get("spec") or {}).get("token", "")
    if not given:
        raise bad_request("token is required for TokenReview in authentication")
    user = call.demo.users.of_token(given)
    if user is None:
        return _with_status(call, review, {"user": {}, "error": "invalid bearer token"})
    return _with_status(call, review, {"authenticated": True, "user": user.info(), "audiences": [ISSUER]})


_REVIEWS: Final[Mapping[str, Callable[[Call, Object], Object]]] = {
    "selfsubjectaccessreviews": _self_access,
    "subjectaccessreviews": _access_of,
    "localsubjectaccessreviews": _local_access,
    "selfsubjectrulesreviews": _self_rules,
    "selfsubjectreviews": _self_subject,
    "tokenreviews": _token,
}


def _access(call: Call, user: User, spec: Mapping[str, Any]) -> Object:
    asked = spec.get("resourceAttributes")
    if asked is not None:
        fields = ("verb", "group", "resource", "subresource", "namespace", "name")
        what = Attributes(**{field: asked.get(field, "") for field in fields})
    else:
        asked = spec["nonResourceAttributes"]
        what = Attributes(asked.get("verb", ""), path=asked.get("path", ""))
    is_allowed, reason = call.demo.rbac.decide(user, what)
    return {"allowed": is_allowed, **({"reason": reason} if reason else {})}


def _user_of(spec: Mapping[str, Any]) -> User:
    extra = tuple([(key, tuple(values)) for key, values in (spec.get("extra") or {}).items()])
    return User(spec.get("user", ""), tuple(spec.get("groups") or ()), spec.get("uid", ""), extra)


def _mistakes_of_user(spec: Mapping[str, Any]) -> list[Cause]:
    if spec.get("user") or spec.get("groups"):
        return []
    why = 'Invalid value: "": at least one of user or group must be specified'
    return [Cause("FieldValueInvalid", why, "spec.user")]


def _mistakes(spec: Mapping[str, Any]) -> list[Cause]:
    resource, other = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if resource is None and other is None:
        why = "Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified"
        return [Cause("FieldValueInvalid", why, "spec.resourceAttributes")]
    if resource is not None and other is not None:
        shown = f'{{"Path":"{other.get("path", "")}","Verb":"{other.get("verb", "")}"}}'
        why = f"Invalid value: {shown}: cannot be specified in combination with resourceAttributes"
        return [Cause("FieldValueInvalid", why, "spec.nonResourceAttributes")]
    return []


def _refuse(causes: list[Cause]) -> None:
    """Raise ApiError 422 for mistakes, where there are any. The API server leaves the kind out here."""
    if not causes:
        return
    raise invalid(Resource("authorization.k8s.io", "v1", "", ""), "", causes)


def _head(call: Call) -> Object:
    resource = call.kind.resource
    return {"kind": resource.kind, "apiVersion": resource.api_version}


def _with_status(call: Call, review: Object, status: Object) -> Object:
    asked = {**_head(call), "metadata": review.get("metadata") or {}, "spec": review.get("spec") or {}}
    manager = bodies.options(call, "CreateOptions").field_manager
    now = timestamp(call.demo.registry.clock.now())
    owned = track(call.kind.id, None, asked, manager=manager, now=now, rules=_RULES)
    asked["metadata"] = {**asked["metadata"], "managedFields": owned}
    return {**asked, "status": status}
