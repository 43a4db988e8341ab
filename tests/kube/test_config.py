"""Which API server is chosen, and as whom: kubeconfigs as kubectl reads them, and a Pod's own service account."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kty.errors import ConfigError
from kty.kube.config import Impersonation, infer, load, loads
from kty.kube.target import Config, Pem
from kty.text import is_printable

SIMPLE = """
apiVersion: v1
kind: Config
current-context: dev
clusters:
- name: here
  cluster: {server: 'https://10.0.0.1:6443'}
users:
- name: me
  user: {token: abc}
contexts:
- name: dev
  context: {cluster: here, user: me, namespace: web}
"""


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no kubeconfig and no Pod of the machine that runs the tests be found."""
    for name in ("KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def named(**lists: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return a kubeconfig: named(clusters={"a": {...}}, current="x")."""
    return {kind: [{"name": n, kind[:-1]: values} for n, values in items.items()] for kind, items in lists.items()}


def one(*, cluster: dict[str, Any] | None = None, user: dict[str, Any] | None = None) -> str:
    """Return a kubeconfig, as JSON, of one context with these things in its cluster and its user."""
    parts = named(
        clusters={"here": {"server": "https://10.0.0.1:6443"} | (cluster or {})},
        users={"me": user or {}},
        contexts={"dev": {"cluster": "here", "user": "me"}},
    )
    return json.dumps({"current-context": "dev", **parts})


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write(content: str | bytes, name: str = "config") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def stack(write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set KUBECONFIG to files with these contents; None is a file that is missing."""

    def stack(*contents: str | None) -> None:
        paths = [
            write(content, f"{number}/config") if content is not None else Path("/nonexistent") / str(number)
            for number, content in enumerate(contents)
        ]
        monkeypatch.setenv("KUBECONFIG", os.pathsep.join(map(str, paths)))

    return stack


def refusal(run: Callable[[], object]) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        run()
    sentence = caught.value.sentence()
    assert is_printable(sentence)
    assert "\n" not in sentence
    return caught.value


# What is found


def test_a_kubeconfig_gives_the_current_context(write: Callable[..., Path]) -> None:
    config = infer(write(SIMPLE))
    assert (config.context, config.cluster, config.user) == ("dev", "here", "me")
    assert (config.server, config.namespace, config.auth.token) == ("https://10.0.0.1:6443", "web", "abc")


def test_without_a_file_the_one_in_the_home_directory_counts(write: Callable[..., Path]) -> None:
    write(SIMPLE, "home/.kube/config")
    assert infer().context == "dev"


def test_the_environment_goes_before_the_home_directory(write: Callable[..., Path], stack: Callable[..., None]) -> None:
    write(SIMPLE, "home/.kube/config")
    stack(SIMPLE.replace("dev", "prod"))
    assert infer().context == "prod"


def test_a_given_file_goes_before_the_environment(write: Callable[..., Path], stack: Callable[..., None]) -> None:
    stack(SIMPLE.replace("dev", "prod"))
    assert infer(write(SIMPLE)).context == "dev"


def test_json_indented_with_tabs_is_read(write: Callable[..., Path]) -> None:
    assert infer(write(json.dumps(json.loads(one()), indent="\t"))).context == "dev"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom"])
def test_every_encoding_that_editors_write_is_read(write: Callable[..., Path], encoding: str) -> None:
    text = SIMPLE.replace("dev", "entwicklung-süd")
    match encoding:
        case "utf-16-le-bom":
            content = b"\xff\xfe" + text.encode("utf-16-le")
        case "utf-16-be-bom":
            content = b"\xfe\xff" + text.encode("utf-16-be")
        case _:
            content = text.encode(encoding)
    assert infer(write(content)).context == "entwicklung-süd"


def test_a_file_that_can_be_read_once_only_is_enough() -> None:
    reader, writer = os.pipe()
    os.write(writer, SIMPLE.encode())
    os.close(writer)
    try:
        assert infer(f"/dev/fd/{reader}").context == "dev"
    finally:
        os.close(reader)


# What is merged


def test_the_first_current_context_wins(stack: Callable[..., None]) -> None:
    stack(SIMPLE.replace("current-context: dev", ""), SIMPLE, SIMPLE.replace("dev", "prod"))
    assert load().current == "dev"
    assert set(load().contexts) == {"dev", "prod"}


def test_of_entries_with_one_name_the_first_file_wins(stack: Callable[..., None]) -> None:
    stack(SIMPLE, SIMPLE.replace("abc", "other").replace("10.0.0.1", "10.0.0.2"))
    config = infer()
    assert (config.auth.token, config.server) == ("abc", "https://10.0.0.1:6443")


def test_of_entries_with_one_name_in_one_file_the_first_wins(write: Callable[..., Path]) -> None:
    twice = SIMPLE.replace("- name: me", "- name: me\n  user: {token: first}\n- name: me")
    assert infer(write(twice)).auth.token == "first"


def test_the_parts_of_a_context_may_stand_in_different_files(stack: Callable[..., None]) -> None:
    stack(
        json.dumps({"current-context": "dev", **named(contexts={"dev": {"cluster": "here", "user": "me"}})}),
        json.dumps(named(clusters={"here": {"server": "https://a"}})),
        json.dumps(named(users={"me": {"token": "t"}})),
    )
    assert (infer().server, infer().auth.token) == ("https://a", "t")


def test_missing_and_empty_files_of_a_stack_count_as_nothing(stack: Callable[..., None]) -> None:
    stack(None, "", "---\n", "# nothing\n", "clusters: null\nusers: []\ncontexts:\n", SIMPLE, None)
    assert infer().context == "dev"


def test_empty_parts_of_the_variable_are_skipped(write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", f"::{write(SIMPLE)}:")
    assert infer().context == "dev"


def test_the_documents_of_one_file_are_merged_and_the_first_wins(write: Callable[..., Path]) -> None:
    path = write(SIMPLE + "---\n" + SIMPLE.replace("abc", "other").replace("name: dev", "name: second"))
    assert infer(path).auth.token == "abc"
    assert set(load(path).contexts) == {"dev", "second"}


def test_a_relative_path_starts_at_the_file_that_names_it(write: Callable[..., Path], tmp_path: Path) -> None:
    user = {
        "client-certificate": "pki/me.crt",
        "client-key": "../me.key",
        "tokenFile": "token",
        "exec": {"command": "bin/login", "apiVersion": "client.authentication.k8s.io/v1"},
    }
    config = infer(write(one(cluster={"certificate-authority": "ca.crt"}, user=user), "deep/config"))
    folder = tmp_path / "deep"
    assert config.tls.ca.path == str(folder / "ca.crt")
    assert config.auth.certificate.path == str(folder / "pki/me.crt")
    assert config.auth.key.path == str(folder / "../me.key")
    assert config.auth.token_file == str(folder / "token")
    assert config.auth.exec
    assert config.auth.exec.command == str(folder / "bin/login")


def test_a_relative_path_starts_at_a_file_that_is_named_relatively(
    write: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(one(user={"tokenFile": "token"}), "deep/config")
    monkeypatch.chdir(tmp_path)
    assert infer("deep/config").auth.token_file == str(tmp_path / "deep/token")


def test_relative_paths_of_a_stack_start_at_their_own_files(stack: Callable[..., None], tmp_path: Path) -> None:
    stack(
        json.dumps({"current-context": "dev", **named(contexts={"dev": {"cluster": "here", "user": "me"}})}),
        json.dumps(named(clusters={"here": {"server": "https://a", "certificate-authority": "ca.crt"}})),
        json.dumps(named(users={"me": {"tokenFile": "../token"}})),
    )
    assert infer().tls.ca.path == str(tmp_path / "1/ca.crt")
    assert infer().auth.token_file == str(tmp_path / "2/../token")


def test_entries_are_taken_whole_and_never_mixed(stack: Callable[..., None]) -> None:
    stack(
        one(cluster={"server": "https://first"}, user={"username": "u", "password": "p"}),
        one(cluster={"server": "https://second", "tls-server-name": "x"}, user={"token": "t", "as": "jane"}),
    )
    config = infer()
    assert (config.server, config.tls.server_name) == ("https://first", "")
    assert (config.auth.username, config.auth.token, config.impersonate.user) == ("u", "", "")


@pytest.mark.parametrize("first", ["current-context: prod", "current-context: ''", "current-context:", "{}"])
def test_the_current_context_may_be_named_where_its_entry_is_not(stack: Callable[..., None], first: str) -> None:
    stack(first, SIMPLE.replace("dev", "prod"))
    assert infer().context == "prod"


def test_what_is_not_known_harms_nothing(write: Callable[..., Path]) -> None:
    known = json.loads(one(cluster={"later": {"a": [1]}}, user={"token": "t", "impersonate": "x", "preferences": 1}))
    known |= {"kind": "Something", "apiVersion": "v9", "preferences": {"colors": True}, "extensions": [{"name": "a"}]}
    known["contexts"][0] |= {"since": 1.30}
    known["contexts"][0]["context"] |= {"extensions": [{"name": "b", "extension": None}], "more": {}}
    config = infer(write(json.dumps(known)))
    assert (config.auth.token, config.impersonate) == ("t", Impersonation())


def test_absolute_paths_and_commands_of_the_path_stay_as_they_are(write: Callable[..., Path]) -> None:
    plugin = {"command": "aws", "apiVersion": "client.authentication.k8s.io/v1beta1"}
    config = infer(write(one(user={"tokenFile": "/run/token", "exec": plugin})))
    assert config.auth.token_file == "/run/token"
    assert config.auth.exec
    assert config.auth.exec.command == "aws"


# What an entry says


def test_data_goes_before_a_file(write: Callable[..., Path]) -> None:
    data = base64.encodebytes(b"-----BEGIN CERTIFICATE-----" * 5).decode()  # in several lines
    config = infer(write(one(cluster={"certificate-authority": "ca.crt", "certificate-authority-data": data})))
    assert config.tls.ca == Pem(data=b"-----BEGIN CERTIFICATE-----" * 5)


def test_everything_about_a_cluster_is_read(write: Callable[..., Path]) -> None:
    cluster = {
        "server": "https://[::1]:6443/k8s/clusters/c-1/",
        "tls-server-name": "api.test",
        "proxy-url": "socks5://127.0.0.1:1080",
        "insecure-skip-tls-verify": True,
        "disable-compression": True,
    }
    config = infer(write(one(cluster=cluster)))
    assert config.server == "https://[::1]:6443/k8s/clusters/c-1"
    assert config.tls.server_name == "api.test"
    assert config.proxy == "socks5://127.0.0.1:1080"
    assert not config.tls.verify
    assert not config.compress


def test_impersonation_is_read(write: Callable[..., Path]) -> None:
    user = {"as": "jane", "as-uid": 7, "as-groups": ["dev", "ops"], "as-user-extra": {"reason": ["a", "b"]}}
    config = infer(write(one(user=user)))
    assert config.impersonate == Impersonation("jane", "7", ("dev", "ops"), (("reason", ("a", "b")),))


def test_an_exec_plugin_is_read(write: Callable[..., Path]) -> None:
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "login",
        "args": ["--cluster", 7, "two\nlines"],
        "env": [{"name": "A", "value": "1"}],
        "installHint": "brew install\n  login",
        "provideClusterInfo": True,
        "interactiveMode": "Never",
    }
    told = {"port": 1, "deep": ["x", True]}
    extensions = [{"name": "other"}, {"name": "client.authentication.k8s.io/exec", "extension": told}]
    read = infer(write(one(cluster={"extensions": extensions}, user={"exec": plugin}))).auth.exec
    assert read
    assert (read.command, read.args, read.env) == ("login", ("--cluster", "7", "two\nlines"), (("A", "1"),))
    assert (read.install_hint, read.provide_cluster_info, read.interactive_mode) == (
        "brew install login",
        True,
        "Never",
    )
    assert json.loads(read.cluster_config) == told


@pytest.mark.parametrize("name", ["no", "007", "1e3", "2024-01-01", "12:30", "null-ish", "0x10", "-a", "+1", ".5"])
def test_names_that_yaml_takes_for_something_else_are_names(write: Callable[..., Path], name: str) -> None:
    text = SIMPLE.replace("namespace: web", f"namespace: {name}").replace("dev", name)
    config = infer(write(text))
    assert (config.context, config.namespace) == (name, name)


def test_a_server_without_a_scheme_is_https_where_tls_is_set_up(write: Callable[..., Path]) -> None:
    assert infer(write(one(cluster={"server": "a:1", "certificate-authority": "ca"}))).server == "https://a:1"
    assert infer(write(one(cluster={"server": "a:1"}))).server == "http://a:1"


def test_secrets_stay_out_of_what_is_printed(write: Callable[..., Path]) -> None:
    plugin = {"command": "x", "apiVersion": "client.authentication.k8s.io/v1", "args": ["s3cret"]}
    user = {"token": "s3cret", "password": "s3cret", "exec": plugin, "client-certificate": "a"}
    user["client-key-data"] = base64.b64encode(b"s3cret").decode()
    config = infer(write(one(cluster={"proxy-url": "http://u:s3cret@p:1"}, user=user)))
    assert "s3cret" not in repr(config) + config.identity


def test_identity_tells_apart_whoever_may_see_different_things(write: Callable[..., Path]) -> None:
    config = infer(write(SIMPLE))
    same: list[Config] = [replace(config, context="other", namespace="other")]
    others: list[Config] = [
        replace(config, server="https://10.0.0.2:6443"),
        replace(config, auth=replace(config.auth, token="abd")),
        replace(config, impersonate=Impersonation("jane")),
        replace(config, impersonate=Impersonation("jane", groups=("ops",))),
        replace(config, proxy="http://elsewhere:1"),
    ]
    assert {other.identity for other in same} == {config.identity}
    assert len({config.identity, *(other.identity for other in others)}) == len(others) + 1


# What is refused


def test_no_kubeconfig_at_all_is_one_sentence(tmp_path: Path) -> None:
    error = refusal(infer)
    assert str(error) == f"there is no kubeconfig: {tmp_path}/home/.kube/config does not exist"
    assert "--kubeconfig" in error.hint
    assert load().contexts == {}


def test_a_stack_of_missing_files_names_them(stack: Callable[..., None]) -> None:
    stack(None, None)
    assert "/nonexistent/0, /nonexistent/1" in str(refusal(infer))


def test_a_given_file_that_is_missing_is_refused(stack: Callable[..., None]) -> None:
    stack(SIMPLE)
    assert str(refusal(lambda: infer("/nonexistent/config"))) == "/nonexistent/config: no such file"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert str(refusal(lambda: infer(tmp_path))) == f"{tmp_path} cannot be read: is a directory"


def test_a_file_without_end_is_refused() -> None:
    assert "too large" in str(refusal(lambda: infer("/dev/zero")))


def test_broken_yaml_is_named_with_its_line(write: Callable[..., Path]) -> None:
    path = write("clusters:\n- name: a\n  cluster: {server: [}\n")
    assert str(refusal(lambda: infer(path))).startswith(f"{path}, line 3: ")


def test_bytes_that_are_no_text_are_named_with_their_line(write: Callable[..., Path]) -> None:
    path = write(b"a: b\nc: \xff\xff\n")
    assert str(refusal(lambda: infer(path))) == f"{path}, line 2: this is not text in UTF-8 or UTF-16"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("just text", "no kubeconfig"),
        ("[1, 2]", "no kubeconfig"),
        ("clusters: 7", "clusters must be a list of mappings"),
        ("users: [7]", "users must be a list of mappings"),
        ("contexts: [{context: {}}]", "a context has no name"),
        ("contexts: [{name: a, context: 7}]", "context 'a' must be a mapping"),
        ("a: !!python/object/apply:os.system ['true']", "line 1"),
        ("a: !!int x", "no YAML"),
        ("a: !!timestamp x", "line 1"),
        ("[" * 5000, ""),
    ],
)
def test_what_is_no_kubeconfig_says_why(write: Callable[..., Path], content: str, reason: str) -> None:
    path = write(content)
    error = refusal(lambda: infer(path))
    assert str(error).startswith(str(path))
    assert reason in str(error)


def test_an_unknown_context_suggests_near_ones(stack: Callable[..., None]) -> None:
    stack(SIMPLE.replace("dev", "kind-dev"), SIMPLE.replace("dev", "prod"))
    error = refusal(lambda: infer(context="kind-dv"))
    assert "there is no context 'kind-dv' in " in str(error)
    assert error.hint == "did you mean 'kind-dev'?"
    assert refusal(lambda: infer(context="KIND")).hint == "did you mean 'kind-dev'?"
    assert refusal(lambda: infer(context="zzz")).hint == "it knows kind-dev, prod"


def test_without_a_current_context_the_choice_is_listed(write: Callable[..., Path]) -> None:
    path = write(SIMPLE.replace("current-context: dev", ""))
    error = refusal(lambda: infer(path))
    assert str(error) == f"{path} sets no current context"
    assert error.hint == "choose one with --context: dev"


def test_an_empty_kubeconfig_has_no_context(write: Callable[..., Path]) -> None:
    path = write("")
    assert str(refusal(lambda: infer(path))) == f"there is no context in {path}"


def test_a_context_whose_cluster_or_user_is_missing_is_refused(write: Callable[..., Path]) -> None:
    path = write(SIMPLE.replace("cluster: here", "cluster: gone"))
    assert str(refusal(lambda: infer(path))) == f"{path}: context 'dev': there is no cluster 'gone'"
    path = write(SIMPLE.replace("user: me", "user: gone"))
    assert str(refusal(lambda: infer(path))) == f"{path}: context 'dev': there is no user 'gone'"
    path = write(SIMPLE.replace("cluster: here, ", ""))
    assert str(refusal(lambda: infer(path))) == f"{path}: context 'dev': it names no cluster"


OIDC: dict[str, Any] = {"name": "oidc", "config": {"idp-issuer-url": "https://a", "client-id": "b"}}
PLUGIN = {"command": "x", "apiVersion": "client.authentication.k8s.io/v1"}


@pytest.mark.parametrize(
    ("cluster", "user", "reason"),
    [
        ({"server": ""}, {}, "it has no server"),
        ({"server": "ftp://a"}, {}, "'ftp://a' is no server address"),
        ({"server": "https://a:99999"}, {}, "is no server address"),
        ({"server": "https://[::1"}, {}, "is no server address"),
        ({"server": "https://a?b=c"}, {}, "is no server address"),
        ({"server": "https://\x1b[31m"}, {}, "server holds control characters"),
        ({"server": "https://me:secret@a"}, {}, "names a user"),
        ({"server": ["a"]}, {}, "server must be text"),
        ({"proxy-url": "ftp://p"}, {}, "is no proxy"),
        ({"proxy-url": "p:1"}, {}, "is no proxy"),
        ({"proxy-url": "http://[p"}, {}, "is no proxy"),
        ({"certificate-authority-data": "%%%"}, {}, "certificate-authority-data is no base64"),
        ({"insecure-skip-tls-verify": "maybe"}, {}, "must be true or false"),
        ({"insecure-skip-tls-verify": True, "certificate-authority": "x"}, {}, "does not go together"),
        ({"extensions": {}, "disable-compression": []}, {}, "must be text"),
        ({}, {"client-certificate": "x"}, "no client key"),
        ({}, {"client-key": "x"}, "no client certificate"),
        ({}, {"as-groups": ["a"]}, "names no user in `as`"),
        ({}, {"as": "a", "as-groups": "b"}, "as-groups must be a list"),
        ({}, {"as": "a\r\nAuthorization: b"}, "as holds control characters"),
        ({}, {"auth-provider": {"name": "gcp"}}, "the auth-provider 'gcp' is gone"),
        ({}, {"auth-provider": {"name": "azure"}}, "the auth-provider 'azure' is gone"),
        ({}, {"auth-provider": {"config": {}}}, "the auth-provider '' is gone"),
        ({}, {"auth-provider": {"name": "oidc"}}, "its auth-provider has no idp-issuer-url"),
        (
            {},
            {"auth-provider": OIDC | {"config": {"idp-issuer-url": "https://a"}}},
            "its auth-provider has no client-id",
        ),
        (
            {},
            {"auth-provider": {"name": "oidc", "config": {"idp-issuer-url": "http://a", "client-id": "b"}}},
            "its idp-issuer-url 'http://a' is no https:// address",
        ),
        ({}, {"auth-provider": OIDC, "exec": PLUGIN}, "both an exec plugin and an auth-provider"),
        (
            {},
            {"auth-provider": {"name": "oidc", "config": OIDC["config"] | {"idp-certificate-authority-data": "%"}}},
            "idp-certificate-authority-data is no base64",
        ),
        ({}, {"exec": {"command": "x"}}, "speaks ''"),
        ({}, {"exec": PLUGIN | {"apiVersion": "client.authentication.k8s.io/v1alpha1"}}, "v1alpha1"),
        ({}, {"exec": PLUGIN | {"command": ""}}, "no command"),
        ({}, {"exec": PLUGIN | {"interactiveMode": "Sometimes"}}, "'Sometimes'"),
        ({}, {"exec": PLUGIN | {"env": ["A=1"]}}, "env must be a mapping"),
    ],
)
def test_a_wrong_entry_names_its_file_and_the_reason(
    write: Callable[..., Path], cluster: dict[str, Any], user: dict[str, Any], reason: str
) -> None:
    path = write(one(cluster=cluster, user=user))
    error = refusal(lambda: infer(path))
    assert str(error).startswith(f"{path}: ")
    assert "'here'" in str(error) or "'me'" in str(error)
    assert reason in str(error)
    assert "secret" not in error.sentence()


def test_a_wrong_entry_harms_no_other_context(stack: Callable[..., None]) -> None:
    broken = one(cluster={"server": ""}, user={"auth-provider": {"name": "oidc"}})
    stack(SIMPLE.replace("here", "good").replace(" me", " good"), broken.replace('"dev"', '"broken"'))
    assert infer().context == "dev"
    assert "broken" in load().contexts
    refusal(lambda: infer(context="broken"))


def test_what_goes_wrong_in_any_field_is_a_sentence(write: Callable[..., Path]) -> None:
    fields: dict[str, list[str]] = {
        "cluster": [
            *("server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority", "extensions"),
            *("certificate-authority-data", "proxy-url", "disable-compression"),
        ],
        "user": [
            *("token", "tokenFile", "username", "password", "client-certificate", "client-certificate-data"),
            *("client-key", "client-key-data", "as", "as-uid", "as-groups", "as-user-extra", "auth-provider", "exec"),
        ],
    }
    odd: list[Any] = [None, True, 7, -1.5, "", "x", "\x1b[2J", [], [None], [[]], ["a", 7], {}, {"a": None}, {"a": {}}]
    for kind, names in fields.items():
        for name in names:
            for value in odd:
                content = one(cluster={name: value}) if kind == "cluster" else one(user={name: value})
                fate(partial(infer, write(content)))


def fate(run: Callable[[], object]) -> str:
    """Return the sentence that this is refused with; empty where it is not."""
    try:
        run()
    except ConfigError as error:
        sentence = error.sentence()
    else:
        return ""
    assert is_printable(sentence)
    return sentence


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=60), st.text(max_size=60), st.text("{}[]:!&*|>-'\"\t\n ,#%@?ab<", max_size=40)))
def test_whatever_a_file_holds_is_a_kubeconfig_or_a_sentence(write: Callable[..., Path], content: str | bytes) -> None:
    content = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    path = write(content)
    fate(lambda: load(path))


# In a Pod


@pytest.fixture
def pod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.96.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")
    folder = tmp_path / "serviceaccount"
    folder.mkdir()
    (folder / "token").write_text("t\n")
    (folder / "ca.crt").write_text("ca")
    (folder / "namespace").write_text("tools\n")
    return folder


def test_in_a_pod_its_own_service_account_is_used(pod: Path) -> None:
    config = infer(service_account=pod)
    assert (config.server, config.namespace) == ("https://10.96.0.1:443", "tools")
    assert config.default_namespace == "tools"
    assert config.auth.token_file == str(pod / "token")
    assert config.tls.ca.path == str(pod / "ca.crt")


def test_in_a_pod_without_a_namespace_or_a_ca_the_token_is_enough(pod: Path) -> None:
    (pod / "namespace").unlink()
    (pod / "ca.crt").unlink()
    config = infer(service_account=pod)
    assert (config.namespace, config.default_namespace, config.tls.ca) == ("", "default", Pem())


def test_in_a_pod_an_ipv6_address_stands_in_brackets(pod: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "fd00::1")
    assert infer(service_account=pod).server == "https://[fd00::1]:443"


def test_in_a_pod_a_kubeconfig_still_wins(pod: Path, stack: Callable[..., None]) -> None:
    stack(SIMPLE)
    assert infer(service_account=pod).context == "dev"


def test_in_a_pod_a_context_is_looked_for_in_kubeconfigs_only(pod: Path) -> None:
    refusal(lambda: infer(context="dev", service_account=pod))


def test_a_pod_without_a_token_says_so(pod: Path) -> None:
    (pod / "token").unlink()
    assert "this Pod has no service account" in str(refusal(lambda: infer(service_account=pod)))


# What it costs


def test_importing_the_config_loads_nothing_heavy() -> None:
    report = "import kty.kube.config, sys; print(*sys.modules)"
    loaded = set(subprocess.check_output([sys.executable, "-c", report], text=True).split())
    assert not loaded & {"kubernetes_asyncio", "aiohttp", "ssl", "yaml", "asyncio", "textual"}


def test_a_kubeconfig_at_hand_is_read_as_a_file_is(tmp_path: Path) -> None:
    (tmp_path / "config").write_text(SIMPLE)
    assert loads(SIMPLE).config() == load(tmp_path / "config").config()
    assert loads(SIMPLE).is_found
    with pytest.raises(ConfigError, match=r"^mine, line [0-9]: "):
        loads("contexts: [", "mine")
    assert not load().is_found
