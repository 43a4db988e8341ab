"""Service accounts: the secrets that their pods get."""

from kty.kube.objects import Object
from kty.views.describe import identity
from kty.views.describing import Beside, Describer, Description, Entry, Part, entries, entry
from kty.views.reading import listed
from kty.views.said import text


def describe(account: Object, beside: Beside) -> Description:
    parts: list[Part] = [
        *identity.head(account),
        _secrets("Image pull secrets", account, "imagePullSecrets"),
        _secrets("Mountable secrets", account, "secrets"),
    ]
    mounts = account.get("automountServiceAccountToken")
    if mounts is not None:
        parts.append(entry("Mounts its token", mounts))
    return tuple(parts)


def _secrets(title: str, account: Object, key: str) -> Entry:
    return entries(title, [text(each, "name") for each in listed(account, key)])


DESCRIBER = Describer("serviceaccounts", describe)
