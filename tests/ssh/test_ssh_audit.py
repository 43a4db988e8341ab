"""What ssh-audit says of the server: no failure, and no warnings but the two that curve25519 has everywhere."""

import asyncio
import json
import sys
from typing import Any

import pytest

from tests.ssh.house import Known, house, new_key

CURVE25519 = ["curve25519-sha256", "curve25519-sha256@libssh.org"]


async def audited(port: int) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return of which algorithms it says `fail` and `warn`, and what."""
    command = "-m", "ssh_audit.ssh_audit", "--json", "--skip-rate-test", "--port", str(port), "127.0.0.1"
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
    out, _ = await asyncio.wait_for(process.communicate(), 100)
    found: dict[str, Any] = json.loads(out)
    assert found["enc"]
    assert found["cves"] == []
    notes = [(each["algorithm"], each["notes"]) for kind in ("kex", "key", "enc", "mac") for each in found[kind]]
    return (
        [(name, said) for name, note in notes for said in note.get("fail", ())],
        [(name, said) for name, note in notes for said in note.get("warn", ())],
    )


@pytest.mark.parametrize(("strict_pq", "warned"), [(False, CURVE25519), (True, [])])
async def test_it_finds_no_fault_and_only_what_is_known(strict_pq: bool, warned: list[str]) -> None:
    async with house(Known(anna=new_key()), strict_pq=strict_pq) as it:
        failures, warnings = await audited(it.port)
    assert failures == []
    assert sorted(name for name, _ in warnings) == warned
    assert all("post-quantum" in said for _, said in warnings)
