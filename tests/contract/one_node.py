"""The demo's node for the contract tests: as large as the real cluster's, and as busy."""

from kty.demo.demo import Demo
from kty.demo.life.nodes import LEASES, NAMESPACE

NODE = "node-1"


def move_in(demo: Demo) -> None:
    """Give an empty cluster a node on which pods can run."""
    room = {"cpu": "2", "memory": "24684092Ki", "pods": "500"}
    conditions = [
        {"type": kind, "status": status, "reason": reason, "message": message}
        for kind, status, reason, message in (
            ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
            ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
            ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
            ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
        )
    ]
    addresses = [{"type": "InternalIP", "address": "127.0.0.1"}, {"type": "Hostname", "address": NODE}]
    labels = {"kubernetes.io/arch": "amd64", "kubernetes.io/hostname": NODE, "kubernetes.io/os": "linux"}
    status = {"capacity": room, "allocatable": room, "conditions": conditions, "addresses": addresses}
    demo.registry.create("nodes", {"metadata": {"name": NODE, "labels": labels}, "spec": {}, "status": status})
    lease = {"metadata": {"name": NODE, "namespace": NAMESPACE}, "spec": {"holderIdentity": NODE}}
    demo.registry.create(LEASES, lease)
