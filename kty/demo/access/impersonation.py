"""Acting as somebody else: the Impersonate-* headers, and the rules of RBAC that let one do it.

There is the old rule, the verb `impersonate` on users, groups, serviceaccounts, uids and userextras; and since 1.36
the constrained one, which asks for two: `impersonate:MODE` on whom one acts as, `impersonate-on:MODE:VERB` on what for.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from kty.demo.access.rbac import Attributes, Rbac
from kty.demo.access.users import (
    ANONYMOUS,
    AUTHENTICATED,
    MASTERS,
    UNAUTHENTICATED,
    User,
    service_account_groups,
    service_account_of,
)
from kty.demo.statuses import ApiError, bad_request, forbidden

if TYPE_CHECKING:
    from multidict import MultiMapping

_EXTRA: Final = "impersonate-extra-"
_AUTHENTICATION: Final = "authentication.k8s.io"
_NODE: Final = re.compile(r"system:node:[a-z0-9]([-a-z0-9.]*[a-z0-9])?")
_LEGACY: Final = ""


class Impersonation:
    """Asks RBAC, first by the way that let this user act as another the last time."""

    def __init__(self, rbac: Rbac) -> None:
        self._rbac = rbac
        self._last: dict[User, str] = {}

    def impersonated(self, user: User, headers: "MultiMapping[str]", what: Attributes | None) -> User:
        """Return whom the headers say to act as, the user itself where they say nothing. Raises ApiError 400, 403."""
        wanted = _wanted(headers)
        if wanted is None:
            return user
        modes = [*([mode] if what and (mode := _mode(wanted)) else []), _LEGACY]
        modes.sort(key=lambda mode: mode != self._last.get(user))
        refusal: ApiError | None = None
        for mode in modes:
            try:
                self._refuse(user, wanted, mode, what)
            except ApiError as error:
                refusal = refusal or error
            else:
                self._last[user] = mode
                return _complete(wanted, mode)
        assert refusal is not None  # noqa: S101 - there is always the old way to be tried
        raise refusal

    def _refuse(self, user: User, wanted: User, mode: str, what: Attributes | None) -> None:
        """Raise ApiError 403 where the user may not act as the wanted one in this way."""
        if mode and what is not None:
            self._ask(user, replace(what.placed(), verb=f"impersonate-on:{mode}:{what.verb}"))
            if MASTERS in wanted.groups:
                group = Attributes(f"impersonate:{mode}", _AUTHENTICATION, "groups", name=MASTERS)
                why = f'User "{user.name}" {group}: impersonating the system:masters group is not allowed'
                raise forbidden(group.kind, MASTERS, why)
        for part in _parts(wanted, mode):
            self._ask(user, part)

    def _ask(self, user: User, what: Attributes) -> None:
        if why := self._rbac.why_not(user, what):
            raise forbidden("" if what.path else what.kind, what.name, why)


def _parts(wanted: User, mode: str) -> Iterator[Attributes]:
    """Yield what somebody must be allowed to impersonate, one by one."""
    verb = f"impersonate:{mode}" if mode else "impersonate"
    group = _AUTHENTICATION if mode else ""
    account = service_account_of(wanted.name)
    if account:
        yield Attributes(verb, group, "serviceaccounts", namespace=account[0], name=account[1])
    elif mode == "arbitrary-node":
        yield Attributes(verb, group, "nodes", name=wanted.name.removeprefix("system:node:"))
    else:
        yield Attributes(verb, group, "users", name=wanted.name)
    if wanted.uid:
        yield Attributes(verb, _AUTHENTICATION, "uids", name=wanted.uid)
    for name in wanted.groups:
        yield Attributes(verb, group, "groups", name=name)
    for key, values in wanted.extra:
        for value in values:
            yield Attributes(verb, _AUTHENTICATION, "userextras", key, name=value)


def _mode(wanted: User) -> str:
    """Return the constrained way to act as this user; empty where there is none."""
    is_plain = not wanted.groups and not wanted.uid and not wanted.extra
    if _NODE.fullmatch(wanted.name):
        return "arbitrary-node" if is_plain else ""
    if service_account_of(wanted.name):
        return "serviceaccount" if is_plain else ""
    return "user-info"


def _wanted(headers: "MultiMapping[str]") -> User | None:
    extra: dict[str, list[str]] = {}
    for name, value in headers.items():
        if name.lower().startswith(_EXTRA):
            extra.setdefault(unquote(name[len(_EXTRA) :].lower()), []).append(value)
    user = User(
        headers.get("Impersonate-User", ""),
        tuple(headers.getall("Impersonate-Group", [])),
        headers.get("Impersonate-Uid", ""),
        tuple([(key, tuple(values)) for key, values in extra.items()]),
    )
    if user.name:
        return user
    if user.groups or user.uid or user.extra:
        raise bad_request(f"requested {_go(user)} without impersonating a user name")
    return None


def _complete(wanted: User, mode: str) -> User:
    """Return the user with the groups that come with its name."""
    account = service_account_of(wanted.name)
    fixed = service_account_groups(account[0]) if account else ("system:nodes",) if mode == "arbitrary-node" else ()
    groups = wanted.groups or fixed
    implied = UNAUTHENTICATED if wanted.name == ANONYMOUS else AUTHENTICATED
    if implied not in groups and UNAUTHENTICATED not in groups:
        groups = (*groups, implied)
    return replace(wanted, groups=groups)


def _go(user: User) -> str:
    """Write a user as Go's %#v does: the message carries it."""
    groups = _go_list(user.groups) if user.groups else "[]string(nil)"
    extra = ", ".join([f'"{key}":{_go_list(values)}' for key, values in user.extra])
    extra = f"map[string][]string{{{extra}}}" if user.extra else "map[string][]string(nil)"
    return f'&user.DefaultInfo{{Name:"{user.name}", UID:"{user.uid}", Groups:{groups}, Extra:{extra}}}'


def _go_list(values: tuple[str, ...]) -> str:
    return "[]string{" + ", ".join([f'"{value}"' for value in values]) + "}"
