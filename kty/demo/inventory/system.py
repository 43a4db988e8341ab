"""What runs the cluster itself: the control plane's own pods, DNS, proxies, metrics, the ingress controller."""

from hashlib import md5

from kty.demo.inventory.machines import CONTROL_PLANE, VERSION
from kty.demo.inventory.manifests import container, obj, probes, service, template, workload
from kty.kube.objects import Object

_SYSTEM = "kube-system"
_INGRESS = "ingress-nginx"
_TO_CONTROL_PLANE = {"key": "node-role.kubernetes.io/control-plane", "operator": "Exists", "effect": "NoSchedule"}
_EVERYWHERE = [{"operator": "Exists"}]


def static_pods(owner: Object) -> list[Object]:
    """Return the pods that the kubelet of the control plane runs from files, as the API shows them."""
    found = []
    for component, cpu, memory, image in (
        ("etcd", "100m", "100Mi", "registry.k8s.io/etcd:3.6.6-0"),
        ("kube-apiserver", "250m", "512Mi", f"registry.k8s.io/kube-apiserver:{VERSION}"),
        ("kube-controller-manager", "200m", "256Mi", f"registry.k8s.io/kube-controller-manager:{VERSION}"),
        ("kube-scheduler", "100m", "128Mi", f"registry.k8s.io/kube-scheduler:{VERSION}"),
    ):
        labels = {"component": component, "tier": "control-plane"}
        run = container(component, image, cpu=cpu, memory=memory, command=[component])
        digest = md5(component.encode(), usedforsecurity=False).hexdigest()
        notes = {
            "kubernetes.io/config.hash": digest,
            "kubernetes.io/config.mirror": digest,
            "kubernetes.io/config.source": "file",
        }
        spec = {
            "containers": [run],
            "nodeName": CONTROL_PLANE,
            "hostNetwork": True,
            "priorityClassName": "system-node-critical",
            "tolerations": _EVERYWHERE,
        }
        pod = obj(f"{component}-{CONTROL_PLANE}", _SYSTEM, labels=labels, annotations=notes, spec=spec)
        reference = {"apiVersion": "v1", "kind": "Node", "controller": True}
        pod["metadata"]["ownerReferences"] = [reference | {"name": CONTROL_PLANE, "uid": owner["metadata"]["uid"]}]
        found.append(pod)
    return found


def proxies() -> Object:
    labels = {"k8s-app": "kube-proxy"}
    run = container("kube-proxy", f"registry.k8s.io/kube-proxy:{VERSION}", command=["/usr/local/bin/kube-proxy"])
    content = template(
        labels, run, hostNetwork=True, tolerations=_EVERYWHERE, nodeSelector={"kubernetes.io/os": "linux"}
    )
    return workload("kube-proxy", _SYSTEM, content)


def deployments() -> list[Object]:
    dns = {"k8s-app": "kube-dns"}
    coredns = container(
        "coredns", "registry.k8s.io/coredns/coredns:v1.13.1", cpu="100m", memory="70Mi",
        args=["-conf", "/etc/coredns/Corefile"],
        volumeMounts=[{"name": "config-volume", "mountPath": "/etc/coredns", "readOnly": True}],
        readinessProbe={"httpGet": {"path": "/ready", "port": 8181}},
    )  # fmt: skip
    volume = {"name": "config-volume", "configMap": {"name": "coredns"}}
    metrics = {"k8s-app": "metrics-server"}
    server = container(
        "metrics-server", "registry.k8s.io/metrics-server/metrics-server:v0.8.0", cpu="100m", memory="200Mi",
        args=["--metric-resolution=15s"], **probes(10250, "/livez"),
    )  # fmt: skip
    paths = {"app": "local-path-provisioner"}
    provisioner = container("local-path-provisioner", "docker.io/rancher/local-path-provisioner:v0.0.32")
    ingress = {"app.kubernetes.io/name": "ingress-nginx", "app.kubernetes.io/component": "controller"}
    nginx = container(
        "controller", "registry.k8s.io/ingress-nginx/controller:v1.14.1", cpu="100m", memory="90Mi", port=80,
        args=["/nginx-ingress-controller"], **probes(10254),
    )  # fmt: skip
    return [
        workload(
            "coredns", _SYSTEM, template(dns, coredns, tolerations=[_TO_CONTROL_PLANE], volumes=[volume]), replicas=2
        ),
        workload("metrics-server", _SYSTEM, template(metrics, server), replicas=1),
        workload("local-path-provisioner", _SYSTEM, template(paths, provisioner), replicas=1),
        workload("ingress-nginx-controller", _INGRESS, template(ingress, nginx), replicas=2),
    ]


def services() -> list[Object]:
    dns = [
        {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": 53},
        {"name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": 53},
    ]
    api = obj(
        "kubernetes", "default", labels={"component": "apiserver", "provider": "kubernetes"},
        spec={"clusterIP": "10.96.0.1", "ports": [{"name": "https", "port": 443, "targetPort": 6443}]},
    )  # fmt: skip
    ingress = service(
        "ingress-nginx-controller", _INGRESS, {"app.kubernetes.io/name": "ingress-nginx"}, 80, type="LoadBalancer"
    )
    ingress["status"] = {"loadBalancer": {"ingress": [{"ip": "203.0.113.10", "ipMode": "VIP"}]}}
    metrics = {"name": "https", "port": 443, "targetPort": 10250}
    return [
        api,
        service("kube-dns", _SYSTEM, {"k8s-app": "kube-dns"}, *dns, clusterIP="10.96.0.10"),
        service("metrics-server", _SYSTEM, {"k8s-app": "metrics-server"}, metrics),
        ingress,
    ]


def configmaps() -> list[Object]:
    corefile = """\
.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
    }
    prometheus :9153
    forward . /etc/resolv.conf
    cache 30
    loop
    reload
    loadbalance
}
"""
    return [obj("coredns", _SYSTEM, data={"Corefile": corefile})]
