from typing import Any

import pytest

from kty.views.persistentvolumeclaims import VIEW
from tests.views.showing import compared, meta, row, shown


def claim(phase: str, *, volume: str = "", deleting: bool = False, **spec: Any) -> dict[str, Any]:
    return {
        "metadata": meta(deletionTimestamp="2026-01-02T03:04:00Z") if deleting else meta(),
        "spec": {"volumeName": volume, "resources": {"requests": {"storage": "5Gi"}}, **spec},
        "status": {
            "phase": phase,
            "capacity": {"storage": "10Gi"},
            "accessModes": ["ReadWriteMany", "ReadWriteOnce", "ReadWriteOnce"],
        },
    }


@pytest.mark.parametrize(
    ("obj", "status", "tone"),
    [
        (claim("Bound", volume="pv-1"), "Bound", ""),
        (claim("Pending"), "Pending", "warn"),
        (claim("Lost"), "Lost", "bad"),
        (claim("Bound", volume="pv-1", deleting=True), "Terminating", "warn"),
    ],
)
def test_a_claim_shows_whether_it_has_its_volume(obj: dict[str, Any], status: str, tone: str) -> None:
    assert shown(VIEW, obj)["Status"] == status
    assert VIEW.tone(row(VIEW, obj)) == tone


def test_a_bound_claim_shows_what_it_got() -> None:
    obj = claim("Bound", volume="pv-1", storageClassName="fast", volumeMode="Block", volumeAttributesClassName="gold")
    assert shown(VIEW, obj) == {
        "Status": "Bound",
        "Volume": "pv-1",
        "Capacity": "10Gi",
        "Access Modes": "RWO,RWX",
        "StorageClass": "fast",
        "Age": "5m",
        "Request": "5Gi",
        "VolumeAttributesClass": "gold",
        "VolumeMode": "Block",
    }
    assert compared(VIEW, "Capacity", obj) == 10 * 1024**3


def test_a_pending_claim_has_no_capacity_yet() -> None:
    found = shown(VIEW, claim("Pending"))
    assert (found["Capacity"], found["Access Modes"], found["StorageClass"]) == ("", "", "")
    assert (found["VolumeAttributesClass"], found["VolumeMode"]) == ("<unset>", "<unset>")


def test_the_storage_class_of_an_old_claim_stands_in_its_annotation() -> None:
    obj = claim("Pending", storageClassName="new")
    obj["metadata"]["annotations"] = {"volume.beta.kubernetes.io/storage-class": "old"}
    assert shown(VIEW, obj)["StorageClass"] == "old"
