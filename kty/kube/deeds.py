"""What is done to a cluster, told to whoever has to know who did what.

`TELLS` says whom: whoever runs something for a person sets it in that person's context, and the layer `telling`, which
a client is made with, tells every request that may change something, and every way into a container.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from urllib.parse import unquote

from kty.errors import KtyError
from kty.kube.exchange import Answer, Layer, Request, Send, is_error

OK = "ok"
_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
_QUESTIONS = ("authorization.k8s.io", "authentication.k8s.io")
"""Groups whose objects are questions: to create one changes nothing."""
_WAYS = ("exec", "attach", "portforward", "proxy")
"""Parts of an object that lead into it."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One request, and what became of it."""

    verb: str
    """As the API server calls it: `create`, `update`, `patch`, `delete`; or `connect` for a way into something."""
    group: str
    resource: str
    part: str
    """The subresource; empty for the object itself."""
    namespace: str
    name: str
    container: str
    command: tuple[str, ...]
    outcome: str
    """`ok`, or in a word how it failed."""


TELLS: ContextVar[Callable[[Deed], None] | None] = ContextVar("TELLS", default=None)
"""Takes what is done in this context. It neither waits nor raises."""


def telling() -> Layer:
    """Tell each deed once its answer has begun, or failed to come."""

    def around(send: Send) -> Send:
        async def sent(request: Request) -> Answer:
            tell = TELLS.get()
            if tell is None or not _is_deed(request):
                return await send(request)
            try:
                answer = await send(request)
            except KtyError as error:
                tell(_deed(request, type(error).__name__))
                raise
            except BaseException:
                tell(_deed(request, "interrupted"))
                raise
            tell(_deed(request, str(answer.status) if is_error(answer, request) else OK))
            return answer

        return sent

    return around


def _is_deed(request: Request) -> bool:
    if request.method == "GET":
        return bool(request.protocols)
    return ("dryRun", "All") not in request.query and not any(f"/apis/{group}/" in request.path for group in _QUESTIONS)


def _deed(request: Request, outcome: str) -> Deed:
    """Read what a path is about (Kubernetes API Concepts, resource URIs)."""
    steps = [unquote(step) for step in request.path.split("/") if step]
    group = ""
    if "apis" in steps:
        steps = steps[steps.index("apis") + 1 :]
        group, steps = steps[0] if steps else "", steps[2:]
    elif "api" in steps:
        steps = steps[steps.index("api") + 2 :]
    namespace = ""
    if len(steps) > 2 and steps[0] == "namespaces" and steps[2] not in ("status", "finalize"):
        namespace, steps = steps[1], steps[2:]
    resource, name, part = [*steps, "", "", ""][:3]
    containers = [value for key, value in request.query if key == "container"]
    command = tuple(value for key, value in request.query if key == "command")
    verb = "connect" if part in _WAYS else _VERBS.get(request.method, request.method.lower())
    verb = "deletecollection" if verb == "delete" and not name else verb
    return Deed(verb, group, resource, part, namespace, name, "".join(containers[:1]), command, outcome)
