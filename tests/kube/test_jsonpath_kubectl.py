"""The tables of templates, asked of kubectl itself where there is one: it prints without a cluster, too."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.kube.jsonpaths import OBJECT, PRINTED, REFUSED

KUBECTL = shutil.which("kubectl")
BETWEEN = "\x1e"
pytestmark = pytest.mark.skipif(KUBECTL is None, reason="there is no kubectl on this machine")


def printed(template: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Let kubectl print the object by a template."""
    path.write_text(json.dumps(OBJECT))
    label = ["label", "--local", "--overwrite", "-f", str(path), "app=shop"]  # which it has already
    return subprocess.run(
        [KUBECTL or "", "--kubeconfig=/dev/null", *label, "-o", f"jsonpath={template}"],
        capture_output=True,
        text=True,
        check=False,
    )


def test_kubectl_prints_the_same(tmp_path: Path) -> None:
    answer = printed(BETWEEN.join(PRINTED), tmp_path / "object.json")
    assert answer.returncode == 0, answer.stderr
    assert dict(zip(PRINTED, answer.stdout.split(BETWEEN), strict=True)) == PRINTED


def test_kubectl_refuses_the_same(tmp_path: Path) -> None:
    accepted = [template for template in REFUSED if printed(template, tmp_path / "object.json").returncode == 0]
    assert accepted == []
