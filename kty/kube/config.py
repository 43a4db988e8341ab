"""Which API server to talk to, and as whom: the kubeconfig's context, or the Pod's own service account."""

import os
from pathlib import Path

from kty.errors import ConfigError
from kty.kube.kubeconfig import Context, Kubeconfig, load, loads
from kty.kube.target import AuthInfo, Config, Impersonation, Pem, Tls

__all__ = [
    "SERVICE_ACCOUNT",
    "Config",
    "Context",
    "Impersonation",
    "Kubeconfig",
    "in_cluster",
    "infer",
    "load",
    "loads",
]

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where Kubernetes puts a Pod's token, the cluster's CA and the Pod's namespace."""


def infer(
    kubeconfig: str | Path | None = None,
    context: str | None = None,
    *,
    known: Kubeconfig | None = None,
    service_account: Path = SERVICE_ACCOUNT,
) -> Config:
    """Return the Config of a context, as kubectl chooses it; `known` is what the kubeconfig holds, if it was read.

    Where neither a kubeconfig nor a context is given and the kubeconfig knows no context, a Pod's own service
    account is used. Raises ConfigError with one sentence and a hint when nothing can be used.
    """
    known = known or load(kubeconfig)
    if not (known.contexts or kubeconfig or context) and (own := in_cluster(service_account)):
        return own
    return known.config(context)


def in_cluster(service_account: Path = SERVICE_ACCOUNT) -> Config | None:
    """Return the Config of the Pod that we run in; None outside of one.

    Raises ConfigError in a Pod without a service account's token.
    """
    host, port = os.environ.get("KUBERNETES_SERVICE_HOST", ""), os.environ.get("KUBERNETES_SERVICE_PORT", "")
    if not (host and port):
        return None
    if not (service_account / "token").exists():
        raise ConfigError(
            f"this Pod has no service account: there is no {service_account / 'token'}",
            hint="set automountServiceAccountToken, or give kty a kubeconfig",
        )
    ca = service_account / "ca.crt"
    return Config(
        context="in-cluster",
        cluster="in-cluster",
        user="service account",
        server=f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}",
        namespace=_namespace(service_account),
        tls=Tls(ca=Pem(path=str(ca)) if ca.exists() else Pem()),
        auth=AuthInfo(token_file=str(service_account / "token")),
    )


def _namespace(service_account: Path) -> str:
    try:
        return (service_account / "namespace").read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
