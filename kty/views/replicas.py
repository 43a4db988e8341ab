"""What can be done to workloads: scale them, and let them make their pods anew."""

from collections.abc import AsyncGenerator, Sequence

from kty.kube.client import Client
from kty.views.actions import Action, Target, counted
from kty.views.said import field

MOST = 100_000
"""Replicas that can be asked for; a slip of the finger asks for more."""


def _replicas(target: Target) -> int:
    wanted = field(target.obj, "spec", "replicas")
    return wanted if isinstance(wanted, int) else 1


def _checks(typed: str) -> str:
    if not (typed.isascii() and typed.isdecimal()):
        return "that is no number of replicas"
    return f"no more than {MOST:,} replicas" if int(typed) > MOST else ""


def _says_scale(target: Target, typed: str) -> str:
    return f"Scale {target} from {_replicas(target)} to {int(typed)} replicas."


def _says_scale_many(targets: Sequence[Target], typed: str) -> str:
    before = sorted({_replicas(target) for target in targets})
    now = str(before[0]) if len(before) == 1 else f"{before[0]} to {before[-1]}"
    return f"Scale {counted(targets)} to {int(typed)} replicas each; now they want {now}."


async def _scale(client: Client, target: Target, typed: str) -> AsyncGenerator[str, None]:
    from kty.kube.api import Api
    from kty.kube.patches import Merge

    api = Api(client, target.resource, target.namespace)
    await api.scale.patch(target.name, Merge({"spec": {"replicas": int(typed)}}))
    yield f"{target} is being scaled to {int(typed)}"


def _says_restart(target: Target, typed: str) -> str:
    return f"Restart {target}: all of its pods are made anew, a few at a time."


def _is_paused(target: Target) -> str:
    return f"{target} is paused: resume it first" if field(target.obj, "spec", "paused") is True else ""


async def _restart(client: Client, target: Target, typed: str) -> AsyncGenerator[str, None]:
    from kty.kube import kinds, rollouts

    kind = {"deployments": kinds.Deployment, "daemonsets": kinds.DaemonSet, "statefulsets": kinds.StatefulSet}
    await rollouts.restart(client, kind[target.resource.plural], target.namespace, target.name)  # type: ignore[arg-type]
    yield f"{target} restarts"


SCALE = Action(
    "scale",
    "s",
    "scale",
    "patch",
    _says_scale,
    _scale,
    part="scale",
    asks="replicas",
    proposes=lambda target: str(_replicas(target)),
    checks=_checks,
    says_many=_says_scale_many,
)
RESTART = Action(
    "restart",
    "r",
    "restart",
    "patch",
    _says_restart,
    _restart,
    why_not=_is_paused,
    says_many=lambda targets, typed: (
        f"Restart {counted(targets)}: all of their pods are made anew, a few of each at a time."
    ),
)
