"""Bearer tokens: whom they stand for, and as whom somebody acts who may (Impersonate-User and its like)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kty.demo.statuses import unauthorized

if TYPE_CHECKING:
    from multidict import MultiMapping

    from kty.demo.access.impersonation import Impersonation
    from kty.demo.access.rbac import Attributes
    from kty.demo.access.tokens import ServiceAccountTokens

AUTHENTICATED: Final = "system:authenticated"
UNAUTHENTICATED: Final = "system:unauthenticated"
ANONYMOUS: Final = "system:anonymous"
MASTERS: Final = "system:masters"
"""The group that may do everything, whatever the roles say."""
_SERVICE_ACCOUNT: Final = "system:serviceaccount:"


@dataclass(frozen=True, slots=True)
class User:
    """Whoever a request comes from."""

    name: str
    groups: tuple[str, ...] = ()
    uid: str = ""
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def info(self) -> dict[str, object]:
        """Return it as authentication.k8s.io/v1 UserInfo."""
        content = {
            "username": self.name,
            "uid": self.uid,
            "groups": list(self.groups),
            "extra": {key: list(values) for key, values in self.extra},
        }
        return {field: value for field, value in content.items() if value}


def service_account_of(name: str) -> tuple[str, str] | None:
    """Return namespace and name of the service account that a user name stands for."""
    namespace, found, account = name.removeprefix(_SERVICE_ACCOUNT).partition(":")
    if not name.startswith(_SERVICE_ACCOUNT) or not found or not namespace or not account or ":" in account:
        return None
    return namespace, account


def service_account_groups(namespace: str) -> tuple[str, ...]:
    """Return the groups that every service account of a namespace is in."""
    return ("system:serviceaccounts", f"system:serviceaccounts:{namespace}")


class Users:
    """The tokens that are known here, and the tokens of service accounts."""

    def __init__(
        self,
        tokens: Mapping[str, User],
        *,
        impersonation: "Impersonation | None" = None,
        service_accounts: "ServiceAccountTokens | None" = None,
    ) -> None:
        self._tokens = {token: _authenticated(user) for token, user in tokens.items()}
        self._impersonation = impersonation
        self._service_accounts = service_accounts

    def of_token(self, token: str) -> User | None:
        """Return whose token this is; None when nobody knows it, or when it is valid no more."""
        user = self._tokens.get(token)
        if user is None and self._service_accounts is not None and (known := self._service_accounts.read(token)):
            user = _authenticated(known)
        return user

    def authenticate(self, headers: "MultiMapping[str]", what: "Attributes | None" = None) -> User:
        """Return the user that a request acts as; `what` it is about to do counts for who may only act so for that.

        Raises ApiError: 401 without a valid token, 403 where the user may not act as another, 400 for half a user.
        """
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        user = self.of_token(token.strip()) if scheme.lower() == "bearer" else None
        if user is None:
            raise unauthorized()
        return self._impersonation.impersonated(user, headers, what) if self._impersonation is not None else user


def _authenticated(user: User) -> User:
    if AUTHENTICATED in user.groups:
        return user
    return User(user.name, (*user.groups, AUTHENTICATED), user.uid, user.extra)
