"""kty.commands: what a person types without a screen, against the demo and the real API server alike."""

import asyncio
import json
import signal
from dataclasses import replace
from typing import Any

from kty.kube.manifest import all_from_yaml, from_yaml
from tests.cluster.faults import Wire
from tests.cluster.place import CONFIG_MAPS, DEPLOYMENTS, GUARD, PODS, Place
from tests.commands.person import Done, Person, asking, asks
from tests.contract.conftest import Cluster
from tests.contract.living import EVENTS
from tests.contract.pods_that_run import again_when_wiped, container, log_until, start


async def ask(cluster: Cluster, place: Place, words: str, *program: str, **more: Any) -> Done:
    """Run a command in the test's namespace, `{ns}` in its words."""
    said = words.format(ns=place.namespace).split()
    return await asks(cluster.config(), *said, *(["--", *program] if program else []), person=more.pop("person", None))


async def maps(place: Place, *names: str, **labels: str) -> None:
    for name in names:
        await place.create(CONFIG_MAPS, name, labels=labels, data={"greeting": f"from {name}", "lines": "a\n\n  b\n"})


# get


async def test_a_table_is_the_servers_own(cluster: Cluster, place: Place) -> None:
    await maps(place, "one", "another")
    done = await ask(cluster, place, "get cm -n {ns}")
    assert (done.status, done.err) == (0, "")
    head, *lines = done.out.splitlines()
    assert head.split() == ["NAME", "DATA", "AGE"]
    assert [line.split()[:2] for line in lines] == [["another", "2"], ["kube-root-ca.crt", "1"], ["one", "2"]]
    assert {line.index(line.split()[1]) for line in (head, *lines)} == {head.index("DATA")}  # aligned
    everywhere = await ask(cluster, place, "get configmaps -A")
    assert everywhere.out.split()[:2] == ["NAMESPACE", "NAME"]
    assert [place.namespace, "one", "2"] in [row[:3] for row in everywhere.rows]


async def test_names_kinds_and_selectors_say_which(cluster: Cluster, place: Place) -> None:
    await maps(place, "one", "two", team="a")
    await maps(place, "three", team="b")
    for words, found in (
        ("get configmap one two -n {ns} -o name", ["configmap/one", "configmap/two"]),
        ("get cm/two ConfigMap/one -n {ns} -o name", ["configmap/two", "configmap/one"]),
        ("get cm -l team=b -n {ns} -o name", ["configmap/three"]),
        ("get configmaps.v1 -l team,team!=b -n {ns} -o name", ["configmap/one", "configmap/two"]),
        ("get cm --field-selector metadata.name=two -n {ns} -o name", ["configmap/two"]),
        ("get sa,cm -l team=b -n {ns} -o name", ["configmap/three"]),
        ("get deployments.apps,deploy -n {ns} -o name", []),
    ):
        done = await ask(cluster, place, words)
        assert (done.status, done.out.splitlines()) == (0, found), words


async def test_one_object_is_what_the_server_has(cluster: Cluster, place: Place) -> None:
    await maps(place, "one")
    held = json.loads(await place.client.request("GET", CONFIG_MAPS.path(place.namespace, "one")))
    held["metadata"].pop("managedFields", None)
    assert json.loads((await ask(cluster, place, "get cm one -n {ns} -o json")).out) == held
    assert from_yaml((await ask(cluster, place, "get cm/one -n {ns} -o yaml")).out) == held


async def test_several_objects_are_a_list(cluster: Cluster, place: Place) -> None:
    await maps(place, "one", "two", team="a")
    as_json = json.loads((await ask(cluster, place, "get cm -l team=a -n {ns} -o json")).out)
    (as_yaml,) = all_from_yaml((await ask(cluster, place, "get cm -l team=a -n {ns} -o yaml")).out)
    assert as_json == as_yaml
    assert (as_json["kind"], as_json["apiVersion"]) == ("List", "v1")
    assert [each["metadata"]["name"] for each in as_json["items"]] == ["one", "two"]
    assert [(each["kind"], each["apiVersion"]) for each in as_json["items"]] == [("ConfigMap", "v1")] * 2
    assert as_json["items"][0]["data"]["lines"] == "a\n\n  b\n"
    for form in ("json", "yaml"):
        none = await ask(cluster, place, "get cm -l team=none -n {ns} -o " + form)
        assert from_yaml(none.out)["items"] == []


async def test_what_is_not_there_is_said_and_the_rest_is_printed(cluster: Cluster, place: Place) -> None:
    await maps(place, "one")
    done = await ask(cluster, place, "get cm nowhere one -n {ns}")
    assert (done.status, [row[0] for row in done.rows]) == (1, ["one"])
    assert done.err.startswith('kty: configmaps "nowhere" not found')
    assert len(done.err.splitlines()) == 1
    none = await ask(cluster, place, "get deploy -n {ns}")
    assert (none.status, none.out, none.err) == (0, "", f"kty: there are no deployments in {place.namespace}\n")
    unknown = await ask(cluster, place, "get configmpas -n {ns}")
    assert (unknown.status, unknown.out) == (1, "")
    assert "did you mean configmaps?" in unknown.err


async def test_a_watch_prints_what_changes(cluster: Cluster, place: Place) -> None:
    await maps(place, "one")
    me = Person()
    async with asking(cluster.config(), "get", "cm", "-w", "-n", place.namespace, person=me) as ending:
        await me.sees("\none ")
        await maps(place, "two")
        await me.sees("\ntwo ")
        await place.change(CONFIG_MAPS, "one", data={"greeting": "another"})
        await place.remove(CONFIG_MAPS, "one")
        await me.sees("\none ", times=3)
        me.signal(signal.SIGINT)
        assert await ending == 128 + signal.SIGINT
    assert me.out.count(b"NAME") == 1
    assert me.err == b""


async def test_an_identity_that_may_nothing_is_told_so(cluster: Cluster, place: Place) -> None:
    for words in (f"get cm -n {place.namespace}", "get cm -A -w", f"logs web -n {place.namespace}", "events -A"):
        done = await asks(cluster.config("nobody"), *words.split())
        assert (done.status, done.out) == (1, ""), words
        assert "permission" in done.err or "forbidden" in done.err, words
        assert len(done.err.splitlines()) == 1, words


# describe, events, whoami


async def test_a_description_names_what_belongs_to_it(cluster: Cluster, place: Place) -> None:
    await place.pod("web", labels={"app": "web"}, phase="Pending")
    involved = {"kind": "Pod", "namespace": place.namespace, "name": "web"}
    held = json.loads(await place.client.request("GET", PODS.path(place.namespace, "web")))
    await place.create(
        EVENTS,
        "e1",
        involvedObject={**involved, "uid": held["metadata"]["uid"]},
        reason="Tested",
        message="said by a test",
        type="Warning",
        lastTimestamp="2026-01-02T03:04:05Z",
    )
    done = await ask(cluster, place, "describe pod/web -n {ns}")
    assert (done.status, done.err) == (0, "")
    for text in ("Name:", "web", "app=web", "Status:", "Pending", "Tested", "said by a test"):
        assert text in done.out
    missing = await ask(cluster, place, "describe pod nowhere -n {ns}")
    assert (missing.status, missing.out) == (1, "")

    about = await ask(cluster, place, "events pod/web -n {ns}")
    assert [row[1:4] for row in about.rows if "Tested" in row] == [["Warning", "Tested", "pod/web"]]
    none = await ask(cluster, place, "events cm/web -n {ns}")
    assert (none.status, none.err) == (0, f"kty: there are no events about cm/web in {place.namespace}\n")


async def test_the_newest_event_is_the_last(cluster: Cluster, place: Place) -> None:
    for name, when in (("a", "2026-01-02T03:04:05Z"), ("b", "2026-01-02T03:04:01Z"), ("c", "2026-01-02T03:04:09Z")):
        of = {"kind": "ConfigMap", "namespace": place.namespace, "name": name}
        await place.create(EVENTS, name, involvedObject=of, reason=f"R{name}", type="Normal", lastTimestamp=when)
    done = await ask(cluster, place, "events -n {ns}")
    assert [row[2] for row in done.rows] == ["Rb", "Ra", "Rc"]
    me = Person()
    async with asking(cluster.config(), "events", "-w", "-n", place.namespace, person=me) as ending:
        await me.sees("Rc")
        of = {"kind": "ConfigMap", "namespace": place.namespace, "name": "d"}
        await place.create(EVENTS, "d", involvedObject=of, reason="Later", type="Normal", lastTimestamp=when)
        await me.sees("Later")
        me.signal(signal.SIGTERM)
        assert await ending == 128 + signal.SIGTERM
    head, *lines = me.out.decode().splitlines()
    assert head.split() == ["LAST", "SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]
    assert [line.split()[2] for line in lines] == ["Rb", "Ra", "Rc", "Later"]


async def test_whoami_says_who_and_where(cluster: Cluster) -> None:
    done = await asks(cluster.config(), "whoami")
    lines = dict(line.split(None, 1) for line in done.out.splitlines())
    config = cluster.config()
    assert (lines["context"], lines["server"]) == (config.context, config.server)
    review = json.loads((await asks(cluster.config(), "whoami", "-o", "json")).out)
    info = review["status"]["userInfo"]
    assert lines["user"] == info["username"]
    assert lines["groups"].split(", ") == info["groups"]


# logs


@again_when_wiped
async def test_the_log_of_a_pod(cluster: Cluster, place: Place) -> None:
    script = "echo one; echo two; echo three; sleep 3600"
    await start(place, "web", container(script), container("echo aside; sleep 3600", name="side"))
    await log_until(cluster, place, "web", b"three\n", container="main")
    await log_until(cluster, place, "web", b"aside\n", container="side")
    done = await ask(cluster, place, "logs web -n {ns}")
    assert (done.status, done.out) == (0, "one\ntwo\nthree\n")
    assert "web has several containers, and this is main" in done.err
    assert (await ask(cluster, place, "logs pod/web -c side -n {ns}")).out == "aside\n"
    assert (await ask(cluster, place, "logs web -c main --tail 1 -n {ns}")).out == "three\n"
    assert (await ask(cluster, place, "logs web -c main --since 1h -n {ns}")).out == "one\ntwo\nthree\n"
    every = await ask(cluster, place, "logs web --all-containers -n {ns}")
    assert every.out == "[web/main] one\n[web/main] two\n[web/main] three\n[web/side] aside\n"
    stamped = await ask(cluster, place, "logs web -c side --timestamps -n {ns}")
    time, _, text = stamped.out.partition(" ")
    assert (time[-1], text) == ("Z", "aside\n")

    for words, lines in ((["web"], "one\ntwo\nthree\n"), (["-c", "side", "web"], "aside\n")):
        me = Person()
        async with asking(cluster.config(), "logs", "-f", "-n", place.namespace, *words, person=me) as ending:
            await me.sees(lines)
            me.signal(signal.SIGINT)
            assert await ending == 130
        assert me.out.decode() == lines

    nothing = await ask(cluster, place, "logs web -c other -n {ns}")
    assert (nothing.status, nothing.err) == (1, "kty: there is no container 'other': there are main, side\n")
    before = await ask(cluster, place, "logs web -p -c side -n {ns}")
    assert (before.status, before.out, len(before.err.splitlines())) == (1, "", 1)


@again_when_wiped
async def test_following_ends_with_the_pod(cluster: Cluster, place: Place) -> None:
    script = "trap 'exit 0' TERM; echo begin; sleep 1; echo end"
    await start(place, "one", container(script), wait=False, restartPolicy="Never")
    me = Person()
    async with asking(cluster.config(), "logs", "-f", "one", "-n", place.namespace, person=me) as ending:
        async with asyncio.timeout(GUARD):
            assert await ending == 0
    assert me.out.splitlines()[-2:] == [b"begin", b"end"]
    me = Person()
    words = ("logs", "-f", "--timestamps", "-n", place.namespace, "one")
    async with asking(cluster.config(), *words, person=me) as ending, asyncio.timeout(GUARD):
        assert await ending == 0
    plain = await ask(cluster, place, "logs --timestamps one -n {ns}")
    assert _without_zeros(me.out.decode()) == _without_zeros(plain.out)


def _without_zeros(stamped: str) -> list[str]:
    """Return lines whose times end in no zeros: kubelets write some of them, and some not."""
    return [
        f"{time.rstrip('Z').rstrip('0')} {text}" for time, _, text in (ln.partition(" ") for ln in stamped.splitlines())
    ]


@again_when_wiped
async def test_the_logs_of_a_deployment_are_followed_from_pod_to_pod(cluster: Cluster, place: Place) -> None:
    pod = {"terminationGracePeriodSeconds": 0, "containers": [container("echo here; sleep 3600")]}
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": pod}
    await place.create(
        DEPLOYMENTS, "web", spec={"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
    )
    me = Person()
    async with asking(cluster.config(), "logs", "-f", "deploy/web", "-n", place.namespace, person=me) as ending:
        await me.sees("/main] here\n")
        first = me.out.decode().split("/")[0].removeprefix("[")
        await place.remove(PODS, first)
        await me.sees("/main] here\n", times=2)
        me.signal(signal.SIGINT)
        assert await ending == 130
    assert len({line.split("/")[0] for line in me.out.decode().splitlines()}) == 2
    done = await ask(cluster, place, "logs -l app=web -n {ns}")
    assert (done.status, done.out) == (0, "here\n")


# exec


async def test_a_program_tells_its_status_and_both_outputs(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    script = "echo out; echo err >&2; exit 7"
    done = await ask(cluster, place, "exec {ns}/one", "sh", "-c", script)
    assert done == Done(7, "out\n", "err\n")
    assert await ask(cluster, place, "exec -n {ns} one", "true") == Done(0, "", "")
    assert (await ask(cluster, place, "exec {ns}/one/main", "echo", "--context", "x")).out == "--context x\n"
    missing = await ask(cluster, place, "exec {ns}/one", "no-such-program")
    assert (missing.status, missing.out, len(missing.err.splitlines())) == (1, "", 1)
    nowhere = await ask(cluster, place, "exec nowhere/web", "true")
    assert (nowhere.status, nowhere.out) == (1, "")
    assert "nowhere is taken for the namespace" in nowhere.err
    nothing = await ask(cluster, place, "exec -n {ns} deploy/web", "true")
    assert (nothing.status, nothing.out) == (1, "")
    assert 'deployments.apps "web" not found' in nothing.err


async def test_what_is_read_ends_where_it_ends(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    data = bytes(range(256)) * 4000
    me = Person(data)
    async with asking(cluster.config(), "exec", "-i", f"{place.namespace}/one", "--", "cat", person=me) as ending:
        assert await ending == 0
    assert me.out == data
    unread = await ask(cluster, place, "exec {ns}/one", "wc", "-c", person=Person(b"not for it"))
    assert unread.out.split() == ["0"]


async def test_a_terminal_goes_along_and_is_resized(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    me = Person(None, terminal=(133, 41))
    async with asking(cluster.config(), "exec", "-it", f"{place.namespace}/one", person=me) as ending:
        await me.sees("# ")
        assert me.is_raw
        async with asyncio.timeout(GUARD):
            while b"41 133\r\n" not in me.out:  # the size may come later than what is typed
                me.type(b"stty size\r")
                await asyncio.sleep(0.2)
        me.resize(99, 30)
        async with asyncio.timeout(GUARD):
            while b"30 99\r\n" not in me.out:
                me.type(b"stty size\r")
                await asyncio.sleep(0.2)
        me.type(b"exit 5\r")
        assert await ending == 5
    assert not me.is_raw


# Bad days


async def test_a_log_that_breaks_off_goes_on_with_nothing_lost_and_nothing_twice(
    cluster: Cluster, place: Place
) -> None:
    script = "i=0; while [ $i -lt 60 ]; do i=$((i+1)); echo line $i; sleep 0.1; done; sleep 3600"
    await start(place, "one", container(script), wait=False, restartPolicy="Never")
    config = cluster.config()
    async with Wire.to(config.server) as wire:
        host = config.server.rpartition(":")[0]
        me = Person()
        words = ("logs", "-f", "one", "-n", place.namespace)
        async with asking(replace(config, server=f"{host}:{wire.port}"), *words, person=me) as ending:
            for number in (5, 25, 45):
                await me.sees(f"line {number}\n")
                wire.cut()
            await me.sees("line 60\n")
            me.signal(signal.SIGINT)
            assert await ending == 130
    assert me.out.decode().splitlines() == [f"line {number}" for number in range(1, 61)]
    assert "trying again" in me.err.decode()


@again_when_wiped
async def test_a_line_of_five_megabytes_comes_whole(cluster: Cluster, place: Place) -> None:
    script = "head -c 5000000 /dev/zero | tr '\\0' x; echo; echo end; sleep 3600"
    await start(place, "one", container(script))
    await log_until(cluster, place, "one", b"end\n", tailLines=1)
    done = await ask(cluster, place, "logs one -n {ns}")
    assert done.status == 0
    assert done.out == "x" * 5_000_000 + "\nend\n"


@again_when_wiped
async def test_what_a_terminal_would_obey_comes_to_programs_only(cluster: Cluster, place: Place) -> None:
    said = "\x1b]0;owned\x07\x1b[31mred\x1b[0m\tand \u202eodd"
    await start(place, "one", container(f"printf '%s\\n' '{said}'; sleep 3600"))
    await log_until(cluster, place, "one", b"odd\n")
    assert (await ask(cluster, place, "logs one -n {ns}")).out == f"{said}\n"
    me = Person(terminal=(80, 24))
    shown = await ask(cluster, place, "logs one -n {ns}", person=me)
    assert shown.out == "\\x1b]0;owned\\x07\x1b[31mred\x1b[0m\tand \\u202eodd\x1b[0m\n"
