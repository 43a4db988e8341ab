"""What kinds without a list of kty's own say of themselves: policies, permissions, storage, addresses."""

from kty.kube.objects import Object
from kty.views.describe.permissions import MOST
from tests.views.showing import meta
from tests.views.test_describe import told


def lines_of(plural: str, **obj: object) -> list[str]:
    return told(plural, {"metadata": meta(), **obj}).splitlines()


def test_a_volume_tells_whose_it_is_where_it_can_be_had_and_what_it_is_made_of() -> None:
    expressions = [
        {"key": "zone", "operator": "In", "values": ["a", "b"]},
        {"key": "ssd", "operator": "Exists"},
    ]
    spec = {
        "accessModes": ["ReadOnlyMany", "ReadWriteOnce"],
        "capacity": {"storage": "1Gi"},
        "claimRef": {"namespace": "shop", "name": "data"},
        "csi": {"driver": "d.example.com", "volumeHandle": "vol-1", "volumeAttributes": {"a": "b"}},
        "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": expressions}]}},
    }
    lines = lines_of("persistentvolumes", spec=spec, status={"phase": "Released"})
    for line in (
        "Claim: shop/data",
        "Access Modes: RWO,ROX",
        "Capacity: 1Gi",
        "Term 0: zone in [a, b]",
        "ssd exists",
        "Type: CSI",
        "VolumeHandle: vol-1",
        "VolumeAttributes: a=b",
    ):
        assert line in lines


def test_a_storage_class_tells_whether_it_is_the_one_for_claims_that_name_none() -> None:
    default = {"storageclass.kubernetes.io/is-default-class": "true"}
    topology = {"matchLabelExpressions": [{"key": "zone", "values": ["a", "b"]}]}
    lines = told(
        "storageclasses.storage.k8s.io",
        {"metadata": {"name": "fast", "annotations": default}, "allowedTopologies": [topology]},
    ).splitlines()
    assert "IsDefaultClass: Yes" in lines
    assert "AllowVolumeExpansion: <unset>" in lines
    assert "Term 0: zone in [a, b]" in lines
    assert not [line for line in lines if line.startswith("Namespace")]


def test_a_network_policy_tells_what_it_lets_through_rule_by_rule() -> None:
    peers: list[Object] = [
        {"namespaceSelector": {}, "podSelector": {"matchLabels": {"role": "front"}}},
        {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16", "10.2.0.0/16"]}},
    ]
    ports = [{"port": 80}, {"port": 100, "endPort": 200, "protocol": "UDP"}]
    spec = {
        "podSelector": {"matchLabels": {"app": "web"}},
        "ingress": [{"ports": ports, "from": peers}, {}],
        "policyTypes": ["Ingress"],
    }
    lines = lines_of("networkpolicies.networking.k8s.io", spec=spec)
    assert lines[lines.index("PodSelector: app=web") :] == [
        "PodSelector: app=web",
        "Allowing ingress traffic:",
        "Rule 1:",
        "To Port: 80/TCP",
        "To Port Range: 100-200/UDP",
        "From:",
        "NamespaceSelector: <none> (all namespaces)",
        "PodSelector: role=front",
        "From:",
        "IPBlock:",
        "CIDR: 10.0.0.0/8",
        "Except: 10.1.0.0/16, 10.2.0.0/16",
        "Rule 2:",
        "To Port: <any> (traffic allowed to all ports)",
        "From: <any> (traffic not restricted by source)",
        "Not affecting egress traffic",
        "Policy Types: Ingress",
    ]


def test_a_network_policy_without_rules_isolates() -> None:
    lines = lines_of("networkpolicies.networking.k8s.io", spec={"podSelector": {}, "policyTypes": ["Egress"]})
    assert "PodSelector: <none> (all pods in this namespace)" in lines
    assert "Not affecting ingress traffic" in lines
    assert "Allowing egress traffic: <none> (selected pods are isolated for egress connectivity)" in lines


def test_a_disruption_budget_tells_how_many_pods_may_go_now() -> None:
    status = {
        "disruptionsAllowed": 1,
        "currentHealthy": 3,
        "desiredHealthy": 2,
        "expectedPods": 4,
        "conditions": [{"type": "DisruptionAllowed", "status": "True", "reason": "SufficientPods"}],
    }
    spec = {"minAvailable": "50%", "selector": {"matchLabels": {"app": "web"}}}
    lines = lines_of("poddisruptionbudgets.policy", spec=spec, status=status)
    for line in ("Min available: 50%", "Selector: app=web", "Allowed disruptions: 1", "Current: 3", "Desired: 2"):
        assert line in lines
    assert "DisruptionAllowed True SufficientPods" in lines
    assert "Selector: <unset> (no pods)" in lines_of("poddisruptionbudgets.policy")
    everything: Object = {"selector": {}}
    assert "Selector: <none> (all pods in this namespace)" in lines_of("poddisruptionbudgets.policy", spec=everything)


def test_an_endpoint_slice_tells_how_each_address_is() -> None:
    endpoints = [
        {"addresses": ["10.0.0.1"], "conditions": {"ready": True}, "targetRef": {"kind": "Pod", "name": "web-1"}},
        {"addresses": ["10.0.0.2"], "conditions": {"ready": False, "serving": True, "terminating": True}},
    ]
    ports = [{"name": "http", "port": 80, "protocol": "TCP"}, {"port": 443}]
    lines = lines_of("endpointslices.discovery.k8s.io", addressType="IPv4", ports=ports, endpoints=endpoints)
    at = lines.index("Endpoint 2:")
    first, second = lines[:at], lines[at:]
    assert {"http 80 TCP", "<unset> 443 TCP"} <= {*first}
    assert {"Ready: true", "TargetRef: Pod/web-1", "Hostname: <unset>"} <= {*first}
    assert {"Addresses: 10.0.0.2", "Ready: false", "Serving: true", "Terminating: true"} <= {*second}


def test_a_role_tells_all_that_may_be_done_with_each_resource_in_one_row() -> None:
    rules = [
        {"apiGroups": ["", "apps"], "resources": ["pods/log"], "verbs": ["get"]},
        {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get", "watch"]},
        {"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["a", "b"], "verbs": ["get"]},
        {"nonResourceURLs": ["/metrics"], "verbs": ["get"]},
    ]
    for plural in ("roles.rbac.authorization.k8s.io", "clusterroles.rbac.authorization.k8s.io"):
        lines = lines_of(plural, rules=rules)
        assert lines[lines.index("PolicyRule:") + 1 :] == [
            "Resources Non-Resource URLs Resource Names Verbs",
            "/metrics get",
            "pods.apps/log get",
            "pods/log get watch",
            "secrets a get",
            "secrets b get",
        ]
    gathers = {"clusterRoleSelectors": [{"matchLabels": {"admin": "yes"}}]}
    lines = lines_of("clusterroles.rbac.authorization.k8s.io", aggregationRule=gathers)
    assert "Aggregates Roles: admin=yes" in lines
    assert "PolicyRule: <none> (allows nothing)" in lines


def test_a_binding_tells_who_is_given_which_role() -> None:
    robot = {"kind": "ServiceAccount", "name": "robot", "namespace": "shop"}
    for plural in ("rolebindings.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io"):
        lines = lines_of(
            plural, roleRef={"kind": "Role", "name": "reader"}, subjects=[robot, {"kind": "User", "name": "jane"}]
        )
        assert lines[lines.index("Role:") + 1 :] == [
            "Kind: Role",
            "Name: reader",
            "Subjects:",
            "Kind Name Namespace",
            "ServiceAccount robot shop",
            "User jane",
        ]
        assert "Subjects: <none> (gives it to nobody)" in lines_of(plural)


def test_a_service_account_tells_which_secrets_its_pods_get() -> None:
    lines = lines_of(
        "serviceaccounts",
        imagePullSecrets=[{"name": "pull"}],
        secrets=[{"name": "a"}],
        automountServiceAccountToken=False,
    )
    assert {"Image pull secrets: pull", "Mountable secrets: a", "Mounts its token: false"} <= {*lines}


def test_a_quota_tells_what_is_used_of_what_and_for_which_pods() -> None:
    selector = {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "In", "values": ["high"]}]}
    quota = {
        "spec": {"hard": {"pods": "5"}, "scopes": ["BestEffort"], "scopeSelector": selector},
        "status": {"hard": {"pods": "5", "cpu": "2"}, "used": {"pods": "5"}},
    }
    lines = lines_of("resourcequotas", **quota)
    assert {"cpu 0 2", "pods 5 5", "Scope Selector: PriorityClass in [high]"} <= {*lines}
    assert "Scopes: BestEffort: pods that request no resources (best effort)" in lines


def test_limits_tell_each_bound_of_each_resource() -> None:
    limit = {"type": "Container", "max": {"cpu": "4"}, "defaultRequest": {"memory": "1Mi"}}
    lines = lines_of("limitranges", spec={"limits": [limit]})
    assert {"Container cpu - 4 - - -", "Container memory - - 1Mi - -"} <= {*lines}


def test_classes_of_pods_and_of_ingresses_tell_what_they_stand_for() -> None:
    lines = lines_of("priorityclasses.scheduling.k8s.io", value=100, description="for what matters")
    assert {"Value: 100", "GlobalDefault: false", "Description: for what matters"} <= {*lines}
    parameters = {"apiGroup": "example.com", "kind": "Settings", "name": "a"}
    spec = {"controller": "example.com/c", "parameters": parameters}
    lines = lines_of("ingressclasses.networking.k8s.io", spec=spec)
    assert {"IsDefaultClass: No", "Controller: example.com/c", "Kind: Settings"} <= {*lines}


def test_a_small_role_that_means_millions_tells_the_first_of_them() -> None:
    names = [f"r{number}" for number in range(200)]
    rule = {"apiGroups": names, "resources": names, "resourceNames": names, "verbs": ["get", "get", "list"]}
    lines = told("roles.rbac.authorization.k8s.io", {"metadata": meta(), "rules": [rule]}).splitlines()
    rows = [line for line in lines if line.endswith("get list")]
    assert len(rows) == MOST
    assert lines[-1].startswith("… and more")
    few = {**rule, "apiGroups": [""], "resourceNames": []}
    assert "… and more" not in told("roles.rbac.authorization.k8s.io", {"metadata": meta(), "rules": [few]})
