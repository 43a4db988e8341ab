"""`kty whoami`: who the server takes us for (SelfSubjectReview), and which server that is."""

import argparse
from collections.abc import Mapping
from typing import Any

from kty.commands.documents import FORMS
from kty.commands.listing import decoded
from kty.commands.speaking import Speaker
from kty.commands.streams import Streams
from kty.commands.target import Target
from kty.errors import KtyError, NotFound
from kty.kube.resource import Resource
from kty.text import printable
from kty.views.reading import mapped, texts
from kty.views.said import text

_REVIEWS = Resource("authentication.k8s.io", "v1", "SelfSubjectReview", "selfsubjectreviews", namespaced=False)
_REVIEW = b'{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}'


async def whoami(given: argparse.Namespace, target: Target, streams: Streams) -> int:
    """Print user, groups, context and server. Returns the exit status. Raises KtyError."""
    headers = {"Content-Type": "application/json"}
    try:
        body = await target.client.request("POST", _REVIEWS.path(), headers=headers, body=_REVIEW)
    except NotFound as error:
        raise KtyError("this server does not say who somebody is", hint="Kubernetes 1.28 and later do") from error
    review, speaker = decoded(body, _REVIEWS), Speaker(streams)
    if given.output:
        await speaker.write(FORMS[given.output].one(review))
        return 0
    user, config = mapped(review, "status", "userInfo"), target.config
    lines = {
        "user": text(user, "username"),
        "uid": text(user, "uid"),
        "groups": ", ".join(texts(user, "groups")),
        **_extra(mapped(user, "extra")),
        "context": config.context,
        "cluster": config.cluster,
        "server": config.server,
        "namespace": target.namespace,
    }
    width = max([len(printable(name)) for name in lines]) + 3
    await speaker.write(
        "".join([f"{printable(name).ljust(width)}{printable(said)}\n" for name, said in lines.items() if said])
    )
    return 0


def _extra(extra: Mapping[str, Any]) -> dict[str, str]:
    return {name: ", ".join(map(str, values)) for name, values in extra.items() if isinstance(values, list)}
