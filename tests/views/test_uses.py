"""What objects say that they use, kind by kind."""

import pytest

from kty.kube.objects import Object
from kty.runtime.uses import Use, Uses
from kty.views.registry import views
from kty.views.uses import all_uses
from kty.views.view import View

each_kind = pytest.mark.parametrize("uses", all_uses().values(), ids=lambda uses: uses.by)


def of(kind: str, obj: Object) -> list[Use]:
    return list(all_uses()[kind].read(obj))


@each_kind
def test_an_object_that_says_nothing_uses_nothing(uses: Uses) -> None:
    for obj in ({}, {"spec": None}, {"spec": {"template": {"spec": {"volumes": None}}}}, {"metadata": {}, "spec": 7}):
        assert list(uses.read(obj)) == []


@each_kind
def test_it_reads_the_version_that_the_view_reads(uses: Uses) -> None:
    view = views().get(uses.by)
    assert view is None or view.version == uses.version


@pytest.mark.parametrize("view", views().values(), ids=lambda view: view.plural)
def test_what_tells_in_short_how_an_object_is_is_a_column(view: View) -> None:
    titles = {column.title for column in view.columns}
    assert view.ready == ("Ready",) or set(view.ready) <= titles
    assert view.status == "Status" or view.status in titles


def test_pods_and_templates_use_the_same() -> None:
    spec = {
        "serviceAccountName": "runner",
        "imagePullSecrets": [{"name": "pull"}],
        "volumes": [
            {"name": "a", "configMap": {"name": "settings", "optional": True}},
            {"name": "b", "projected": {"sources": [{"secret": {"name": "key"}}, {"configMap": {"name": "ca"}}]}},
            {"name": "c", "persistentVolumeClaim": {"claimName": "data"}},
            {"name": "d", "emptyDir": {}},
        ],
        "initContainers": [{"env": [{"name": "X", "valueFrom": {"secretKeyRef": {"name": "word", "key": "x"}}}]}],
        "containers": [{"envFrom": [{"configMapRef": {"name": "more"}}], "env": [{"name": "Y", "value": "1"}]}],
        "ephemeralContainers": [{"envFrom": [{"secretRef": {"name": "late", "optional": True}}]}],
    }
    wanted = [
        Use("serviceaccounts", "runner", via="runs as"),
        Use("configmaps", "settings", via="volume", optional=True),
        Use("secrets", "key", via="volume"),
        Use("configmaps", "ca", via="volume"),
        Use("persistentvolumeclaims", "data", via="volume"),
        Use("secrets", "pull", via="pulls images", optional=True),
        Use("secrets", "word", via="env"),
        Use("configmaps", "more", via="env"),
        Use("secrets", "late", via="env", optional=True),
    ]
    assert sorted(of("pods", {"spec": spec}), key=str) == sorted(wanted, key=str)
    templated = {"spec": {"template": {"spec": spec}}}
    for kind in ("deployments.apps", "replicasets.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch"):
        assert of(kind, templated) == of("pods", {"spec": spec})
    assert of("cronjobs.batch", {"spec": {"jobTemplate": templated}}) == of("pods", {"spec": spec})


def test_what_others_use() -> None:
    backend = {"service": {"name": "web"}}
    bucket = {"resource": {"apiGroup": "x.example", "kind": "Bucket", "name": "files"}}
    rules = [{"http": {"paths": [{"backend": backend}, {"backend": bucket}]}}]
    ingress = {"defaultBackend": backend, "rules": rules, "tls": [{"secretName": "tls"}], "ingressClassName": "nginx"}
    assert of("ingresses.networking.k8s.io", {"spec": ingress}) == [
        Use("services", "web", via="backend"),
        Use("services", "web", via="backend"),
        Use(("x.example/", "Bucket"), "files", via="backend"),
        Use("secrets", "tls", via="tls"),
        Use("ingressclasses.networking.k8s.io", "nginx", via="class"),
    ]
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    assert of("horizontalpodautoscalers.autoscaling", {"spec": {"scaleTargetRef": target}}) == [
        Use(("apps/v1", "Deployment"), "web", via="scales")
    ]
    assert of("services", {"spec": {"selector": {"b": "2", "a": "1"}}}) == [
        Use("pods", labels="a=1,b=2", via="selector")
    ]
    assert of("services", {"spec": {"selector": {"a": "1"}, "type": "ExternalName"}}) == []
    selector = {"matchExpressions": [{"key": "app", "operator": "In", "values": ["web", "api"]}]}
    assert of("poddisruptionbudgets.policy", {"spec": {"selector": selector}}) == [
        Use("pods", labels="app in (api,web)", via="guards")
    ]
    assert of("networkpolicies.networking.k8s.io", {"spec": {"podSelector": {}}}) == []
    assert of("persistentvolumeclaims", {"spec": {"volumeName": "disk", "storageClassName": "fast"}}) == [
        Use("persistentvolumes", "disk", via="volume"),
        Use("storageclasses.storage.k8s.io", "fast", via="class"),
    ]
    assert of("persistentvolumes", {"spec": {"claimRef": {"namespace": "shop", "name": "data"}}}) == [
        Use("persistentvolumeclaims", "data", via="claim", namespace="shop")
    ]
    subjects = [{"kind": "ServiceAccount", "name": "runner", "namespace": "other"}, {"kind": "User", "name": "anna"}]
    binding = {"roleRef": {"kind": "Role", "name": "reader"}, "subjects": subjects}
    assert of("rolebindings.rbac.authorization.k8s.io", binding) == [
        Use("roles.rbac.authorization.k8s.io", "reader", via="role"),
        Use("serviceaccounts", "runner", via="gives a role", namespace="other"),
    ]
    assert of("serviceaccounts", {"secrets": [{"name": "token"}]}) == [
        Use("secrets", "token", via="token", optional=True)
    ]
    assert of("statefulsets.apps", {"spec": {"serviceName": "db"}}) == [Use("services", "db", via="names its pods")]
