"""What goes wrong before an API server has a say, or because something else answers: on loopback."""

import asyncio
import json

from aiohttp import web

from kty.errors import (
    BrokenArchive,
    ConfigError,
    CredentialError,
    Malformed,
    NotKubernetes,
    ServerFault,
    TooManyRequests,
    Unauthorized,
    Unreachable,
    Untrusted,
)
from kty.kube.api import Api
from kty.kube.config import infer
from kty.kube.kinds import Pod
from kty.kube.resource import Resource
from kty.kube.streams.copying import copy_from
from kty.kube.streams.exec import STATUS, STDOUT
from kty.kube.target import AuthInfo, ExecConfig
from kty.kube.validity import not_after
from tests.contract.every_error.case import Bench, Cases
from tests.kube.asking import Remember, against, opened, unused_port
from tests.kube.certificates import locked
from tests.kube.serving import refusing_tls, serve, talk
from tests.kube.test_streams_exec import SUCCESS, tell
from tests.kube.test_streams_websocket import speaking
from tests.kube.trusting import shows, trusts

CASES = Cases()
PODS = Resource("", "v1", "Pod", "pods")


@CASES.here(ConfigError, "FOLDER/config: no such file: check --kubeconfig")
async def no_kubeconfig(bench: Bench) -> None:
    bench.words[str(bench.folder)] = "FOLDER"
    infer(bench.folder / "config")


@CASES.here(ConfigError, "there is no context 'prod' in FOLDER/config: did you mean 'prod-1'?")
async def no_such_context(bench: Bench) -> None:
    bench.words[str(bench.folder)] = "FOLDER"
    cluster = {"name": "here", "cluster": {"server": "https://127.0.0.1"}}
    contexts = [{"name": name, "context": {"cluster": "here"}} for name in ("prod-1", "dev")]
    (bench.folder / "config").write_text(json.dumps({"clusters": [cluster], "contexts": contexts}))
    infer(bench.folder / "config", "prod")


@CASES.here(ConfigError, "the client key of user 'me' is locked with a passphrase: kubectl takes no such key")
async def a_locked_key(bench: Bench) -> None:
    person = locked(bench.authority.issue("locked"))
    async with opened("https://127.0.0.1:1", tls=trusts(bench.authority), auth=shows(person)) as client:
        await client.request("GET", "/")


@CASES.here(CredentialError, "the credential plugin 'sh' ended with 1: your login has expired: run `aws sso login`")
async def a_plugin_that_fails(bench: Bench) -> None:
    script = "echo your login has expired >&2; exit 1"
    plugin = ExecConfig("sh", ("-c", script), install_hint="run `aws sso login`")
    async with against(Remember(), auth=AuthInfo(exec=plugin)) as client:
        await client.request("GET", "/")


@CASES.here(CredentialError, "the token file FOLDER/token cannot be read: no such file or directory")
async def no_token_file(bench: Bench) -> None:
    bench.words[str(bench.folder)] = "FOLDER"
    async with against(Remember(), auth=AuthInfo(token_file=str(bench.folder / "token"))) as client:
        await client.request("GET", "/")


@CASES.here(Unreachable, "connection refused: is http://PEER the right address, and can it be reached from here?")
async def nobody_listens(bench: Bench) -> None:
    port = unused_port()
    bench.words[f"127.0.0.1:{port}"] = "PEER"
    async with opened(f"http://127.0.0.1:{port}") as client:
        await client.request("GET", "/")


@CASES.here(Unreachable, "the answer broke off: is http://PEER the right address, and can it be reached from here?")
async def an_answer_that_breaks_off(bench: Bench) -> None:
    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")

    async with talk(half) as port, opened(f"http://127.0.0.1:{port}") as client:
        bench.words[f"127.0.0.1:{port}"] = "PEER"
        await client.request("GET", "/")


@CASES.here(Unreachable, "this connection was closed")
async def a_closed_client(bench: Bench) -> None:
    async with opened("http://127.0.0.1:1") as client:
        await client.close()
        await client.request("GET", "/")


@CASES.here(Unauthorized, "Unauthorized: the client certificate of user 'me' expired on YESTERDAY, renew it")
async def a_client_certificate_that_has_expired(bench: Bench) -> None:
    person = bench.authority.issue("late", days=-1)
    bench.words[f"{not_after(person.certificate.read_bytes()):%Y-%m-%d}"] = "YESTERDAY"
    answer = web.json_response({"kind": "Status", "code": 401, "message": "Unauthorized"}, status=401)
    async with against(Remember(answer), auth=shows(person)) as client:
        await client.request("GET", "/version")


async def _ask_over_tls(bench: Bench, trusted: bool = True, **how: object) -> None:
    names = ["DNS:api.test"] if how.get("named") else ["IP:127.0.0.1"]
    issued = bench.authority.issue("server", names, days=-1 if how.get("expired") else 30)
    authority = bench.authority if trusted else bench.stranger
    async with serve(Remember(), issued.serving()) as server, opened(server, tls=trusts(authority)) as client:
        bench.words[server.removeprefix("https://")] = "PEER"
        await client.request("GET", "/")


@CASES.here(
    Untrusted,
    "the certificate of PEER is not to be trusted: unable to get local issuer certificate: check "
    "certificate-authority in the cluster's entry of your kubeconfig",
)
async def a_certificate_of_a_stranger(bench: Bench) -> None:
    await _ask_over_tls(bench, trusted=False)


@CASES.here(Untrusted, "the certificate of PEER has expired: renew it, or check the clock of this machine")
async def a_certificate_that_has_expired(bench: Bench) -> None:
    await _ask_over_tls(bench, expired=True)


@CASES.here(
    Untrusted,
    "the certificate of PEER is not for '127.0.0.1': set tls-server-name to a name that it has, in the "
    "cluster's entry of your kubeconfig",
)
async def a_certificate_for_another_name(bench: Bench) -> None:
    await _ask_over_tls(bench, named=True)


@CASES.here(
    Untrusted,
    "PEER refused our client certificate (tlsv1 alert unknown ca): check client-certificate of the user in "
    "your kubeconfig",
)
async def a_refused_client_certificate(bench: Bench) -> None:
    server = bench.authority.issue("server", ["IP:127.0.0.1"]).serving(bench.authority)
    person = bench.stranger.issue("jane")
    with refusing_tls(server) as port:
        bench.words[f"127.0.0.1:{port}"] = "PEER"
        async with opened(f"https://127.0.0.1:{port}", tls=trusts(bench.authority), auth=shows(person)) as client:
            await client.request("GET", "/")


@CASES.here(
    NotKubernetes,
    "the server answered 200: Welcome: this is no Kubernetes API server; check its address in your kubeconfig",
)
async def a_web_page(_: Bench) -> None:
    page = web.Response(text="<html><title>Welcome</title></html>", content_type="text/html")
    async with against(Remember(page)) as client:
        await client.request("GET", "/version")


@CASES.here(
    NotKubernetes,
    'no Kubernetes list came back, but \'{"hello": "world"}\': this is no Kubernetes API server; check its '
    "address in your kubeconfig",
)
async def other_json(_: Bench) -> None:
    async with against(Remember(web.json_response({"hello": "world"}))) as client:
        await Api.of(client, Pod, "default").list()


@CASES.here(NotKubernetes, "what answers there does not speak TLS: check the port of PEER, or does it want http://?")
async def no_tls(bench: Bench) -> None:
    async with serve(Remember()) as server:
        bench.words[server.removeprefix("http://")] = "PEER"
        async with opened(server.replace("http:", "https:"), tls=trusts(bench.authority)) as client:
            await client.request("GET", "/")


@CASES.here(
    Malformed,
    "default/web-1 cannot be read: Expected `array`, got `int` - at `$.spec.containers`: look at it as YAML, "
    "and mend it",
)
async def an_object_that_is_odd(_: Bench) -> None:
    odd = {"metadata": {"namespace": "default", "name": "web-1"}, "spec": {"containers": 7}}
    answer = {"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": [odd]}
    async with against(Remember(web.json_response(answer))) as client:
        await Api.of(client, Pod, "default").list(strict=True)


async def _copy(bench: Bench, sent: bytes) -> None:
    async def say(socket: web.WebSocketResponse) -> None:
        await tell(socket, STDOUT, sent)
        await tell(socket, STATUS, SUCCESS)

    async with against(speaking(say)) as client:
        await copy_from(client, "default", "web-1", "/data", bench.folder / "data")


@CASES.here(BrokenArchive, "what came is no tar archive: invalid header: is the container's tar one?")
async def no_archive(bench: Bench) -> None:
    await _copy(bench, b"Welcome to this container!\n" * 100)


@CASES.here(BrokenArchive, "the archive broke off: copy it again")
async def half_an_archive(bench: Bench) -> None:
    await _copy(bench, b"")


@CASES.here(Unauthorized, "the server answered 401: Log in: log in again, or check this user's credentials")
async def a_login_page(_: Bench) -> None:
    page = web.Response(status=401, text="<title>Log in</title>", content_type="text/html")
    async with against(Remember(page)) as client:
        await client.request("GET", "/version")


@CASES.here(
    TooManyRequests,
    "the server answered 429: Too many requests, please try again later: the server is busy: try again in 7 s",
)
async def a_busy_server(_: Bench) -> None:
    text = "Too many requests, please try again later.\n"
    async with against(Remember(web.Response(status=429, text=text, headers={"Retry-After": "7"}))) as client:
        await client.request("POST", "/api/v1/pods", body=b"{}")


@CASES.here(ServerFault, "the server answered 502: 502 Bad Gateway: the server failed: try again in a moment")
async def a_broken_gateway(_: Bench) -> None:
    page = web.Response(status=502, text="<title>502 Bad Gateway</title>", content_type="text/html")
    async with against(Remember(page)) as client:
        await client.request("POST", "/api/v1/pods", body=b"{}")
