"""Who may open a stream: a WebSocket is opened with GET, and since 1.35 it takes the right to create, too."""

from dataclasses import replace

from kty.demo.access.rbac import Attributes
from kty.demo.call import Call
from kty.demo.statuses import forbidden


def refuse_reader(call: Call) -> None:
    """Raise ApiError 403 for a user who may get the stream and not create it; the server gives no reason."""
    what = Attributes(call.verb, "", "pods", subresource=call.subresource, namespace=call.namespace, name=call.name)
    if call.verb == "get" and call.demo.rbac.why_not(call.user, replace(what, verb="create")):
        raise forbidden("pods", call.name, "")
