"""Service accounts: the secrets that they bring along."""

from collections.abc import Iterable

from kty.kube.objects import Object
from kty.runtime.uses import Use, Uses
from kty.views.reading import listed
from kty.views.said import text


def uses(account: Object) -> Iterable[Use]:
    """Return its secrets, and those that images are pulled with."""
    for part, via in (("secrets", "token"), ("imagePullSecrets", "pulls images")):
        for secret in listed(account, part):
            if name := text(secret, "name"):
                yield Use("secrets", name, via=via, optional=True)


USES = Uses("serviceaccounts", frozenset({"secrets"}), uses)
