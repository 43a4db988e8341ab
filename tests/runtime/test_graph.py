"""The graph around an object, from stores alone."""

from kty.kube.resource import Resource
from kty.runtime import use_reader
from kty.runtime.graph import ANOTHER, DEEPEST, NO_KIND, NO_OWNER
from kty.runtime.holdings import AT_ONCE
from tests.runtime.graphs import KINDS, Looking, Object, World, obj

WEB = obj("deployments.apps", "web")
SET = obj("replicasets.apps", "web-1", WEB)
POD = obj("pods", "web-1-a", SET, labels={"app": "web"})
OTHER = obj("pods", "web-1-b", SET, labels={"app": "web"})
TREE = ["deployments.apps/web", ".replicasets.apps/web-1", "..pods/web-1-a", "..pods/web-1-b"]


def test_from_wherever_one_looks_the_tree_is_the_same() -> None:
    world = World(WEB, SET, POD, OTHER, obj("pods", "stranger"))
    for focus in (WEB, SET, POD):
        assert Looking(world, focus).tree == TREE


def test_what_has_no_owner_and_owns_nothing_stands_alone() -> None:
    assert Looking(World(obj("coupons.shop.example", "ten")), obj("coupons.shop.example", "ten")).tree == [
        "coupons.shop.example/ten"
    ]


def test_objects_come_and_go() -> None:
    world = World(WEB, SET, POD)
    look = Looking(world, POD)
    assert look.tree == TREE[:3]
    before = look.changes
    world.put(OTHER)
    assert look.changes > before
    assert look.tree == TREE
    world.remove(POD)
    assert look.tree == [*TREE[:2], "..pods/web-1-a is missing: not there", TREE[3]]


def test_one_that_is_adopted_moves() -> None:
    world = World(WEB, SET, POD, obj("pods", "free"))
    look = Looking(world, WEB)
    assert look.tree == TREE[:3]
    world.put(obj("pods", "free", SET))
    assert look.tree == ["deployments.apps/web", ".replicasets.apps/web-1", "..pods/free", "..pods/web-1-a"]
    world.put(obj("pods", "free"))
    assert look.tree == TREE[:3]


def test_an_owner_that_is_gone_is_said_to_be_and_keeps_what_it_left() -> None:
    assert Looking(World(POD, OTHER), POD).tree == [
        "replicasets.apps/web-1 is missing: not there",
        ".pods/web-1-a",
        ".pods/web-1-b",
    ]


def test_another_of_the_same_name_is_no_owner() -> None:
    again: Object = {**SET, "metadata": {**SET["metadata"], "uid": "another", "ownerReferences": []}}
    assert Looking(World(again, POD), POD).tree[0] == f"replicasets.apps/web-1 is missing: {ANOTHER}"
    assert Looking(World(again, POD), again).tree == ["replicasets.apps/web-1"]


def test_owners_that_own_each_other_are_shown_once() -> None:
    egg = obj("coupons.shop.example", "egg")
    hen = obj("coupons.shop.example", "hen", egg)
    egg = obj("coupons.shop.example", "egg", hen)
    chick = obj("pods", "chick", hen)
    tree = Looking(World(egg, hen, chick), chick).tree
    assert sorted(line.strip(".") for line in tree) == [
        "coupons.shop.example/egg",
        "coupons.shop.example/egg again",
        "coupons.shop.example/hen",
        "pods/chick",
    ]
    own = obj("coupons.shop.example", "own")
    own = obj("coupons.shop.example", "own", own)
    assert Looking(World(own), own).tree == ["coupons.shop.example/own", ".coupons.shop.example/own again"]


def test_a_chain_without_end_ends_somewhere() -> None:
    chain = [obj("coupons.shop.example", "c0000")]
    for number in range(1, 3000):
        chain.append(obj("coupons.shop.example", f"c{number:04}", chain[-1]))
    assert len(Looking(World(*chain), chain[0]).tree) == DEEPEST + 1
    assert len(Looking(World(*chain), chain[-1]).tree) <= DEEPEST + 1


def test_several_owners_are_all_shown_the_controller_first() -> None:
    cart = obj("deployments.apps", "cart")
    assert Looking(World(WEB, cart, obj("secrets", "key", cart, WEB)), obj("secrets", "key")).tree == [
        "deployments.apps/cart",
        ".secrets/key",
        "deployments.apps/web",
        ".secrets/key again",
    ]


def test_an_owner_without_a_namespace_shows_what_it_owns_in_this_one() -> None:
    node = obj("nodes", "node-1")
    here, there = obj("pods", "static", node), obj("pods", "static", node, namespace="other")
    world = World(node, here, there)
    assert Looking(world, here).tree == ["nodes/node-1", ".pods/static"]
    assert not [line for line in world.opened if "in all" in line]
    assert Looking(world, node).tree == ["nodes/node-1", ".pods/static", ".pods/static"]


def test_an_owner_in_another_namespace_is_none() -> None:
    world = World(obj("replicasets.apps", "web-1", namespace="other"), POD)
    assert Looking(world, POD).tree[0] == "replicasets.apps/web-1 is missing: not there"
    volume = obj("persistentvolumes", "disk", SET)
    assert Looking(World(SET, volume), volume).tree == [
        f"replicasets.apps/web-1 is missing: {NO_OWNER}",
        ".persistentvolumes/disk",
    ]


def test_what_names_an_owner_of_another_namespace_is_not_owned_by_it() -> None:
    world = World(WEB, SET, POD, obj("pods", "far", SET, namespace="other"))
    world.kept = {"pods": ""}
    assert Looking(world, SET).tree == TREE[:3]


def test_an_owner_of_a_kind_that_is_not_there() -> None:
    ghost: Object = {**WEB, "kind": "Ghost", "apiVersion": "gone.example/v1"}
    assert Looking(World(obj("pods", "lost", ghost)), obj("pods", "lost")).tree == [
        f"Ghost (gone.example/v1)/web is hidden: {NO_KIND}",
        ".pods/lost",
    ]


def test_owner_references_of_odd_types_harm_nobody() -> None:
    world = World(WEB, SET, POD)
    broken: Object = {**POD, "metadata": {**POD["metadata"], "name": "odd", "uid": "odd", "ownerReferences": None}}
    world.put(broken)
    assert Looking(world, broken).tree == ["pods/odd"]


SPEC = {
    "serviceAccountName": "runner",
    "imagePullSecrets": [{"name": "pull"}],
    "volumes": [
        {"name": "a", "configMap": {"name": "settings"}},
        {"name": "b", "secret": {"secretName": "key", "optional": True}},
        {"name": "c", "persistentVolumeClaim": {"claimName": "data"}},
    ],
    "containers": [{"name": "web", "envFrom": [{"configMapRef": {"name": "settings"}}]}],
}
USES = [
    obj("configmaps", "settings"),
    obj("serviceaccounts", "runner", secrets=[{"name": "token"}]),
    obj("persistentvolumeclaims", "data", spec={"volumeName": "disk"}),
    obj("persistentvolumes", "disk", spec={"claimRef": {"name": "data", "namespace": "shop"}}),
]


def test_what_a_pod_uses_and_what_that_uses() -> None:
    pod = obj("pods", "web", spec=SPEC)
    world = World(pod, *USES)
    assert Looking(world, pod).uses == [
        "configmaps/settings (env, volume)",
        "persistentvolumeclaims/data (volume)",
        ".persistentvolumes/disk (volume)",
        "secrets/key (volume) is missing: not there optional",
        "secrets/pull (pulls images) is missing: not there optional",
        "serviceaccounts/runner (runs as)",
        ".secrets/token (token) is missing: not there optional",
    ]
    assert not [line for line in world.opened if line.startswith(("full secrets", "full configmaps"))]


def test_a_pod_leads_to_its_node_and_a_node_to_its_pods_and_nothing_else_to_either() -> None:
    template: Object = {"template": {"spec": {}}}
    web = obj("deployments.apps", "web", spec=template)
    node, other = obj("nodes", "one"), obj("nodes", "two")
    pod = obj("pods", "web-1", web, spec={"nodeName": "one"})
    static = obj("pods", "apiserver", node, spec={"nodeName": "one"})
    world = World(web, node, other, pod, static, obj("pods", "elsewhere", spec={"nodeName": "two"}))
    assert Looking(world, pod).uses == ["nodes/one (runs on)"]
    assert Looking(world, node).used_by == ["pods/web-1 (runs on)"]
    assert Looking(world, web).uses == []
    look = Looking(world, static)
    assert (look.uses, look.used_by) == ([], [])
    lost = obj("pods", "lost", spec={"nodeName": "gone"})
    world.put(lost)
    assert Looking(world, lost).uses == ["nodes/gone (runs on) is missing: not there"]


def test_what_is_used_and_missing_is_said_so_and_comes() -> None:
    pod = obj("pods", "web", spec={"volumes": [{"configMap": {"name": "settings"}}]})
    world = World(pod)
    look = Looking(world, pod)
    assert look.uses == ["configmaps/settings (volume) is missing: not there"]
    world.put(obj("configmaps", "settings"))
    assert look.uses == ["configmaps/settings (volume)"]


def test_who_uses_a_config_map() -> None:
    template = {"template": {"spec": SPEC}}
    web = obj("deployments.apps", "web", spec=template)
    made = obj("replicasets.apps", "web-1", web, spec=template)
    pods = [obj("pods", "web-1-a", made, spec=SPEC, labels={"app": "web"}), obj("pods", "bare", spec=SPEC)]
    service = obj("services", "bare", spec={"selector": {"app": "bare"}})
    pods[1]["metadata"]["labels"] = {"app": "bare"}
    world = World(obj("configmaps", "settings"), web, made, *pods, service, obj("pods", "stranger"))
    assert Looking(world, obj("configmaps", "settings")).used_by == [
        "deployments.apps/web (env, volume)",
        "pods/bare (env, volume)",
        ".services/bare (selector)",
    ]


def test_what_leads_to_the_pods_of_a_deployment() -> None:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    scales = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    world = World(
        WEB,
        SET,
        POD,
        obj("services", "web", spec={"selector": {"app": "web"}}),
        obj("services", "other", spec={"selector": {"app": "other"}}),
        obj("services", "all", spec={}),
        obj("ingresses.networking.k8s.io", "shop", spec={"rules": [{"http": {"paths": [{"backend": backend}]}}]}),
        obj("horizontalpodautoscalers.autoscaling", "web", spec={"scaleTargetRef": scales}),
        obj("poddisruptionbudgets.policy", "web", spec={"selector": {"matchLabels": {"app": "web"}}}),
    )
    assert Looking(world, WEB).used_by == [
        "horizontalpodautoscalers.autoscaling/web (scales)",
        "poddisruptionbudgets.policy/web (guards)",
        "services/web (selector)",
        ".ingresses.networking.k8s.io/shop (backend)",
    ]
    ingress = Looking(world, obj("ingresses.networking.k8s.io", "shop"))
    assert ingress.uses == ["services/web (backend)", ".pods/web-1-a (selector)"]


def test_specs_that_are_not_what_their_kind_promises_use_nothing() -> None:
    odd = obj("pods", "odd", spec=7)
    selector = obj("services", "odd", spec={"selector": {"a b": "!("}})
    look = Looking(World(odd, selector, obj("ingresses.networking.k8s.io", "odd", spec=[])), odd)
    assert (look.uses, look.used_by) == ([], [])


def test_a_hundred_volumes_are_not_followed_one_by_one() -> None:
    names = [f"data-{number:03}" for number in range(30)]
    volumes = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in names]
    claims = [obj("persistentvolumeclaims", name, spec={"volumeName": f"disk-{name}"}) for name in names]
    pod = obj("pods", "web", spec={"volumes": volumes})
    world = World(pod, *claims, *[obj("persistentvolumes", f"disk-{name}") for name in names])
    uses = Looking(world, pod).uses
    assert len([line for line in uses if line.startswith(".persistentvolumes/disk-data-")]) == 30
    assert not [line for line in uses if " is " in line]
    assert len([line for line in world.opened if "persistentvolumes" in line and "metadata.name" in line]) == 8


# Which stores


def test_only_metadata_is_watched_of_kinds_that_are_not_on_the_tree() -> None:
    world = World(WEB, SET, POD)
    Looking(world, WEB).graph()
    assert "metadata coupons.shop.example in shop" in world.opened
    assert not [line for line in world.opened if "full coupons" in line]
    assert not [line for line in world.opened if "events" in line or "bindings" in line]


def test_of_many_pods_those_of_the_tree_are_watched_by_what_their_labels_have_in_common() -> None:
    one, two = {"app": "web", "hash": "1"}, {"app": "web", "hash": "2"}
    first = [obj("pods", f"a{number}", SET, labels=one) for number in range(3)]
    second = obj("replicasets.apps", "web-2", WEB)
    world = World(WEB, SET, second, *first, obj("pods", "stranger", labels={"app": "other"}))
    look = Looking(world, WEB)
    look.graph()
    assert [line for line in world.opened if "full pods" in line] == ["full pods in shop app=web,hash=1"]
    world.put(obj("pods", "b", second, labels=two))
    look.graph()
    assert [line for line in world.opened if "full pods" in line][1:] == ["full pods in shop app=web"]
    assert world.released == ["full pods in shop app=web,hash=1"]


def test_a_store_that_is_there_already_is_shared() -> None:
    world = World(WEB, SET, POD)
    world.kept = {"pods": "", "deployments.apps": "shop"}
    look = Looking(world, SET)
    assert look.tree == TREE[:3]
    assert not [line for line in world.opened if "full pods" in line or "metadata pods" in line]


def test_lists_are_asked_for_a_few_at_a_time() -> None:
    more = [Resource("more.example", "v1", f"More{number}", f"more{number}") for number in range(30)]
    world = World(WEB)
    world.held = {*KINDS, *[each.id for each in more]}
    look = Looking(world, WEB)
    look.live.look_through([*KINDS.values(), *more])
    look.graph()
    assert len([line for line in world.opened if line.startswith("metadata")]) == AT_ONCE
    assert look.live.is_looking
    world.held.clear()
    world.refresh()
    look.graph()
    assert not look.live.is_looking
    assert len([line for line in world.opened if "more.example" in line]) == 30


def test_a_kind_that_may_not_be_listed_is_told_and_the_rest_is_shown() -> None:
    world = World(WEB, SET, POD)
    world.refused = {"secrets", "replicasets.apps"}
    look = Looking(world, POD)
    assert look.tree == TREE[:3]
    assert [each.id for each in look.live.refused] == ["replicasets.apps", "secrets"]
    assert all(status.phase == "live" for status in look.live.statuses)


def test_a_kind_that_goes_makes_only_its_own_graph_stale() -> None:
    coupon = obj("coupons.shop.example", "spring", WEB)
    world = World(WEB, SET, POD, coupon)
    looks = [Looking(world, POD), Looking(world, coupon)]
    world.lost = {"coupons.shop.example"}
    world.remove(coupon)
    stale = [[status for status in look.live.statuses if status.phase == "stale"] for look in looks]
    assert not stale[0]
    assert stale[1]


def test_a_secret_that_is_used_is_never_read() -> None:
    pod = obj("pods", "web", spec={"volumes": [{"secret": {"secretName": "key"}}]})
    world = World(pod, obj("secrets", "key", data={"a": "b"}))
    world.refused = {"secrets"}
    assert Looking(world, pod).uses == ["secrets/key (volume)"]
    assert Looking(world, obj("secrets", "key")).tree == ["secrets/key"]
    assert not [line for line in world.opened if line.startswith("full secrets")]
    assert "metadata secrets in shop metadata.name=key" in world.opened


def test_a_name_with_signs_that_selectors_are_made_of_is_asked_for_as_it_is() -> None:
    world = World()
    Looking(world, obj("configmaps", r"a,b=c\d"))
    assert r"metadata configmaps in shop metadata.name=a\,b\=c\\d" in world.opened


def test_all_ends_when_the_graph_is_closed() -> None:
    world = World(WEB, SET, POD, OTHER)
    look = Looking(world, WEB)
    look.graph()
    look.live.close()
    assert sorted(world.released) == sorted(world.opened)
    before = look.changes
    world.put(obj("pods", "late", SET))
    assert look.changes == before


def test_what_thousands_use_is_read_a_little_at_a_time() -> None:
    config = obj("configmaps", "config")
    mounts = {"volumes": [{"name": "config", "configMap": {"name": "config"}}]}
    pods = [{**obj("pods", f"web-{number:04}"), "spec": mounts} for number in range(use_reader.AT_ONCE + 50)]
    look = Looking(World(config, *pods), config)
    assert len(look.used_by) == use_reader.AT_ONCE
    assert look.live.is_behind
    assert look.live.is_looking
    look.live.read_on(0.0)
    assert look.live.is_behind
    look.live.read_on(60.0)
    assert not look.live.is_behind
    assert len(look.used_by) == len(pods)
    assert not look.live.is_looking


def test_a_status_and_managed_fields_are_not_read_for_what_is_used() -> None:
    config = obj("configmaps", "config")
    pod = {**obj("pods", "web"), "spec": {"volumes": [{"configMap": {"name": "config"}}]}, "status": {"phase": 7}}
    pod["metadata"] = {**pod["metadata"], "managedFields": "no list", "labels": None}
    assert Looking(World(config, pod), config).used_by == ["pods/web (volume)"]
