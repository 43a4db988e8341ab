"""The nodes: one for the control plane, three for work, the last of them short of memory."""

from typing import Final

from kty.demo.times import timestamp
from kty.kube.objects import Object

CONTROL_PLANE: Final = "control-plane"
WORKERS: Final = ("worker-1", "worker-2", "worker-3")
PRESSED: Final = "worker-3"
VERSION: Final = "v1.36.3"
_WELL: Final = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
)


def nodes(now: float, uids: list[str]) -> list[Object]:
    """Return the nodes as they came up then; `uids` are four that nothing else has."""
    names = (CONTROL_PLANE, *WORKERS)
    return [_node(name, number, now, uid) for number, (name, uid) in enumerate(zip(names, uids, strict=True))]


def _node(name: str, number: int, now: float, uid: str) -> Object:
    labels = {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "topology.kubernetes.io/region": "eu-central",
        "topology.kubernetes.io/zone": f"eu-central-{'abc'[number % 3]}",
    }
    spec: Object = {"podCIDR": f"10.244.{number}.0/24", "podCIDRs": [f"10.244.{number}.0/24"]}
    spec["providerID"] = f"demo://eu-central/{name}"
    cpu, memory = ("2", 8) if number == 0 else ("4", 16)
    if number == 0:
        labels |= {
            "node-role.kubernetes.io/control-plane": "",
            "node.kubernetes.io/exclude-from-external-load-balancers": "",
        }
        spec["taints"] = [{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}]
    else:
        labels |= {"node-role.kubernetes.io/worker": "", "node.kubernetes.io/instance-type": "m4.xlarge"}
    capacity = {
        "cpu": cpu,
        "ephemeral-storage": "102350Mi",
        "hugepages-1Gi": "0",
        "hugepages-2Mi": "0",
        "memory": f"{memory * 1024 * 1024 - 389 * (number + 1)}Ki",
        "pods": "110",
    }
    allocatable = {**capacity, "memory": f"{memory * 1024 * 1024 - 389 * (number + 1) - 102400}Ki"}
    stamp = timestamp(now)
    conditions = [
        {
            "type": kind,
            "status": status,
            "lastHeartbeatTime": stamp,
            "lastTransitionTime": stamp,
            "reason": reason,
            "message": message,
        }
        for kind, status, reason, message in _WELL
    ]
    machine = uid.replace("-", "")
    return {
        "metadata": {
            "name": name,
            "labels": labels,
            "annotations": {
                "node.alpha.kubernetes.io/ttl": "0",
                "volumes.kubernetes.io/controller-managed-attach-detach": "true",
            },
        },
        "spec": spec,
        "status": {
            "capacity": capacity,
            "allocatable": allocatable,
            "conditions": conditions,
            "addresses": [
                {"type": "InternalIP", "address": f"10.0.0.{10 + number}"},
                {"type": "Hostname", "address": name},
            ],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "nodeInfo": {
                "machineID": machine,
                "systemUUID": machine,
                "bootID": uid,
                "kernelVersion": "6.12.48-amd64",
                "osImage": "Debian GNU/Linux 13 (trixie)",
                "containerRuntimeVersion": "containerd://2.1.4",
                "kubeletVersion": VERSION,
                "kubeProxyVersion": "",
                "operatingSystem": "linux",
                "architecture": "amd64",
            },
        },
    }


def lease(name: str) -> Object:
    """Return the lease by which a node shows that it is alive."""
    return {
        "metadata": {"name": name, "namespace": "kube-node-lease"},
        "spec": {"holderIdentity": name, "leaseDurationSeconds": 40},
    }
