"""What makes pods."""

from typing import Any, Final

from kty.demo.validation.faults import Faults
from kty.demo.validation.pods import check_spec
from kty.kube.objects import Object

_ALWAYS: Final = ("Always",)
_ENDS: Final = ("OnFailure", "Never")
_FREE: Final = (
    "replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy", "minReadySeconds",
)  # fmt: skip


def check_workload(faults: Faults, obj: Object, live: Object | None) -> None:
    """Check a deployment or one of its like."""
    spec = obj.get("spec") or {}
    faults.not_negative(spec, ("replicas", "minReadySeconds", "revisionHistoryLimit"))
    _check_selector(faults, spec)
    check_spec(faults, spec["template"].get("spec") or {}, "spec.template.spec", _ALWAYS)
    if live is not None:
        faults.immutable(live.get("spec") or {}, spec, ("selector",))


def check_stateful_set(faults: Faults, obj: Object, live: Object | None) -> None:
    check_workload(faults, obj, None)
    if live is None:
        return
    before, after = live.get("spec") or {}, obj.get("spec") or {}
    if any(before.get(field) != after.get(field) for field in (before.keys() | after.keys()) - set(_FREE)):
        named = ", ".join(f"'{field}'" for field in _FREE[:-1])
        why = f"updates to statefulset spec for fields other than {named} and '{_FREE[-1]}' are forbidden"
        faults.forbidden("spec", why)


def check_job(faults: Faults, obj: Object, live: Object | None) -> None:
    spec = obj.get("spec") or {}
    faults.not_negative(spec, ("parallelism", "completions", "backoffLimit"))
    check_spec(faults, spec["template"].get("spec") or {}, "spec.template.spec", _ENDS)
    if live is None:
        return
    before = live.get("spec") or {}
    faults.immutable(before, spec, ("completions", "selector", "completionMode"))
    faults.immutable(before["template"], spec["template"], ("spec",), "spec.template")


def check_cron_job(faults: Faults, obj: Object, live: Object | None) -> None:
    spec = obj.get("spec") or {}
    schedule = spec.get("schedule") or ""
    if not schedule:
        faults.required("spec.schedule")
    elif not schedule.startswith("@") and len(schedule.split()) != 5:
        words = schedule.split()
        faults.invalid("spec.schedule", schedule, f"expected exactly 5 fields, found {len(words)}: [{' '.join(words)}]")
    template = (spec["jobTemplate"].get("spec") or {})["template"]
    check_spec(faults, template.get("spec") or {}, "spec.jobTemplate.spec.template.spec", _ENDS)


def _check_selector(faults: Faults, spec: Object) -> None:
    selector: Any = spec.get("selector")
    labels = spec["template"]["metadata"].get("labels")
    if selector is None:
        faults.required("spec.selector")
    elif not selector.get("matchLabels") and not selector.get("matchExpressions"):
        faults.invalid("spec.selector", selector, "empty selector is invalid for deployment")
    wanted = (selector or {}).get("matchLabels") or {}
    if selector is None or any((labels or {}).get(key) != value for key, value in wanted.items()):
        faults.invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")
