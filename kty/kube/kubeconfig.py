"""From the entries of kubeconfig files to the Config of one context."""

import json
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from msgspec import Struct

from kty.errors import ConfigError
from kty.kube.kubeconfig_file import Entries, Entry, parse, read
from kty.kube.proxy import is_proxy
from kty.kube.target import AuthInfo, Config, ExecConfig, Impersonation, Oidc, Pem, Tls, is_https
from kty.text import printable

_API_GROUP = "client.authentication.k8s.io"


class Context(NamedTuple):
    """A cluster, a user and a namespace by name; empty where the context names none."""

    cluster: str
    user: str
    namespace: str


class Kubeconfig(Struct, frozen=True):
    """All contexts that the files name. An entry is read when its context is asked for, and not before."""

    paths: tuple[Path, ...]
    """Where we looked, whether or not there was a file."""
    current: str
    """The current context's name; empty where none is set."""
    contexts: Mapping[str, Context]
    _entries: Entries

    @property
    def is_found(self) -> bool:
        """False where none of the files is there."""
        return self._entries.found

    def config(self, context: str | None = None) -> Config:
        """Return the Config of a context; of the current one where none is named.

        Raises ConfigError when there is no such context, or what it refers to is missing or wrong.
        """
        name = context or self.current
        if not self.contexts:
            raise ConfigError(self._nothing(), hint="set KUBECONFIG, or name a file with --kubeconfig")
        if not name:
            raise ConfigError(
                f"{self._where()} sets no current context", hint=f"choose one with --context: {self._names()}"
            )
        if name not in self.contexts:
            raise ConfigError(f"there is no context '{printable(name)}' in {self._where()}", hint=self._meant(name))
        return _config(self._entries, name, self.contexts[name])

    def _nothing(self) -> str:
        if self._entries.found:
            return f"there is no context in {self._where()}"
        return f"there is no kubeconfig: {self._where()} does not exist"

    def _where(self) -> str:
        return printable(", ".join(map(str, self.paths)))

    def _names(self) -> str:
        names = [printable(name) for name in self.contexts]
        return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")

    def _meant(self, name: str) -> str:
        near = get_close_matches(name, self.contexts, n=3, cutoff=0.5) or [
            known for known in self.contexts if name.lower() in known.lower()
        ]
        if near:
            return "did you mean " + " or ".join(f"'{printable(known)}'" for known in near[:3]) + "?"
        return f"it knows {self._names()}"


def load(kubeconfig: str | Path | None = None) -> Kubeconfig:
    """Read the kubeconfig: the file given, else what $KUBECONFIG lists, else ~/.kube/config.

    Where none of them exists there are no contexts. Raises ConfigError for a file that cannot be read, and for a
    missing one that was given.
    """
    return _kubeconfig(read(kubeconfig))


def loads(content: str, name: str = "kubeconfig") -> Kubeconfig:
    """Read a kubeconfig that is at hand; errors call it by this name. Raises ConfigError for what is none."""
    return _kubeconfig(parse(content.encode(), name))


def _kubeconfig(entries: Entries) -> Kubeconfig:
    contexts = {
        name: Context(entry.text("cluster"), entry.text("user"), entry.text("namespace"))
        for name, entry in entries.contexts.items()
    }
    return Kubeconfig(entries.files, entries.current, contexts, entries)


def _config(entries: Entries, name: str, context: Context) -> Config:
    entry = entries.contexts[name]
    if not context.cluster:
        raise entry.wrong("it names no cluster")
    cluster = entries.clusters.get(context.cluster)
    if cluster is None:
        raise entry.wrong(f"there is no cluster '{context.cluster}'")
    user = entries.users.get(context.user)
    if context.user and user is None:
        raise entry.wrong(f"there is no user '{context.user}'")
    tls = _tls(cluster)
    auth = _auth(user, cluster) if user else AuthInfo()
    return Config(
        context=name,
        cluster=context.cluster,
        user=context.user,
        server=_server(cluster, secure=bool(tls.ca or auth.certificate or not tls.verify)),
        namespace=context.namespace,
        tls=tls,
        auth=auth,
        impersonate=_impersonation(user) if user else Impersonation(),
        proxy=_proxy(cluster),
        compress=not cluster.flag("disable-compression"),
    )


def _server(cluster: Entry, *, secure: bool) -> str:
    server = cluster.line("server").strip()
    if not server:
        raise cluster.wrong("it has no server")
    if "://" not in server:
        server = f"{'https' if secure else 'http'}://{server}"
    try:
        url = urlsplit(server)
        fits = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        fits = False
    if not fits or url.query or url.fragment:
        raise cluster.wrong(f"'{server}' is no server address", hint="it looks like https://10.0.0.1:6443")
    if "@" in url.netloc:
        raise cluster.wrong("its server address names a user", hint="put username and password into the user's entry")
    return server.rstrip("/")


def _tls(cluster: Entry) -> Tls:
    verify = not cluster.flag("insecure-skip-tls-verify")
    ca = _pem(cluster, "certificate-authority")
    if ca and not verify:
        raise cluster.wrong("insecure-skip-tls-verify does not go together with a certificate authority")
    return Tls(ca, cluster.line("tls-server-name"), verify)


def _pem(entry: Entry, key: str) -> Pem:
    data = entry.data(f"{key}-data")
    return Pem(data=data) if data else Pem(path=entry.path(key))


def _proxy(cluster: Entry) -> str:
    proxy = cluster.line("proxy-url")
    if proxy and not is_proxy(proxy):
        raise cluster.wrong("its proxy-url is no proxy", hint="it looks like http://, https:// or socks5://host:port")
    return proxy


def _auth(user: Entry, cluster: Entry) -> AuthInfo:
    certificate, key = _pem(user, "client-certificate"), _pem(user, "client-key")
    if certificate and not key:
        raise user.wrong("it has a client certificate and no client key")
    if key and not certificate:
        raise user.wrong("it has a client key and no client certificate")
    provider = user.section("auth-provider")
    if provider.values and provider.text("name") != "oidc":
        raise user.wrong(
            f"the auth-provider '{provider.text('name')}' is gone from Kubernetes since 1.26",
            hint="log in with an exec plugin, such as gke-gcloud-auth-plugin or kubelogin",
        )
    return AuthInfo(
        token_file=user.path("tokenFile"),
        token=user.line("token"),
        username=user.text("username"),
        password=user.text("password"),
        exec=_exec(user, cluster),
        oidc=_oidc(user, provider),
        certificate=certificate,
        key=key,
    )


def _oidc(user: Entry, provider: Entry) -> Oidc | None:
    if not provider.values:
        return None
    if user.section("exec").values:
        raise user.wrong("it has both an exec plugin and an auth-provider")
    config = provider.section("config")
    issuer, client = config.line("idp-issuer-url").strip(), config.line("client-id")
    if not issuer or not client:
        raise user.wrong(f"its auth-provider has no {'client-id' if issuer else 'idp-issuer-url'}")
    if not is_https(issuer):
        raise user.wrong(
            f"its idp-issuer-url '{issuer}' is no https:// address", hint="it would be told your refresh token"
        )
    return Oidc(
        issuer=issuer,
        client_id=client,
        client_secret=config.line("client-secret"),
        id_token=config.line("id-token"),
        refresh_token=config.line("refresh-token"),
        ca=_pem(config, "idp-certificate-authority"),
        user=user.name,
        file=user.beside(user.file.name) if user.is_stored else "",
    )


def _exec(user: Entry, cluster: Entry) -> ExecConfig | None:
    section = user.section("exec")
    if not section.values:
        return None
    command = section.line("command")
    if not command:
        raise user.wrong("its exec plugin has no command")
    version = section.line("apiVersion")
    if version not in (f"{_API_GROUP}/v1", f"{_API_GROUP}/v1beta1"):
        raise user.wrong(
            f"its exec plugin speaks '{version}', and only {_API_GROUP}/v1 and v1beta1 are known",
            hint="update the plugin, and let it write your kubeconfig anew",
        )
    mode = section.line("interactiveMode") or "IfAvailable"
    if mode not in ("Never", "IfAvailable", "Always"):
        raise user.wrong(f"its exec plugin has the unknown interactiveMode '{mode}'")
    return ExecConfig(
        command=section.beside(command) if "/" in command else command,
        args=section.texts("args"),
        env=tuple((variable.text("name"), variable.text("value")) for variable in section.sections("env")),
        api_version=version,
        install_hint=printable(" ".join(section.text("installHint").split())),
        provide_cluster_info=section.flag("provideClusterInfo"),
        interactive_mode=mode,
        cluster_config=_cluster_config(cluster),
    )


def _cluster_config(cluster: Entry) -> str:
    """Return what the cluster's extension of the plugins' own name says, as JSON."""
    for extension in cluster.sections("extensions"):
        if extension.text("name") == f"{_API_GROUP}/exec":
            return json.dumps(extension.values.get("extension"))
    return ""


def _impersonation(user: Entry) -> Impersonation:
    extra = user.section("as-user-extra")
    impersonation = Impersonation(
        user=user.line("as"),
        uid=user.line("as-uid"),
        groups=user.lines("as-groups"),
        extra=tuple((str(key), extra.lines(key)) for key in extra.values),
    )
    if not impersonation.user and impersonation != Impersonation():
        raise user.wrong("it impersonates groups, a uid or extras, and names no user in `as`")
    return impersonation
