from __future__ import annotations

import re

import pytest

from tests.deploy.tools import ROOT, check

pytestmark = pytest.mark.deploy

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_hadolint_finds_nothing_in_the_dockerfile():
    assert check("hadolint", "Dockerfile") == (0, "")


def test_hadolint_would_find_a_floating_base_image(tmp_path):
    spoilt = tmp_path / "Dockerfile"
    spoilt.write_text(re.sub(r"python:\S+", "python:latest", DOCKERFILE))
    code, said = check("hadolint", spoilt)
    assert code == 1
    assert "DL3007" in said


def test_every_package_of_the_distribution_is_copied_and_let_through():
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    packages = re.findall(r"root_packages = \[(.*)\]", pyproject)[0].replace('"', "").split(", ")
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for package in packages:
        assert f"COPY {package} {package}" in DOCKERFILE
        assert f"!{package}" in ignored


def test_what_is_copied_exists_and_is_let_through():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
        *sources, _target = line.split()
        for source in sources:
            assert f"!{source}" in ignored
            assert source == "README.md" or (ROOT / source).exists(), source


def test_every_library_is_held_against_its_hash():
    installs = re.findall(r"pip install (.+)", DOCKERFILE)
    assert installs
    for install in installs:
        assert "--require-hashes" in install or "--no-index" in install, install
    pinned = (ROOT / "requirements/run.txt").read_text(encoding="utf-8")
    for block in re.split(r"\n(?=\S)", pinned.strip()):
        assert "--hash=sha256:" in block, block


def test_the_build_tool_can_be_cut_out_of_the_lock_file_with_its_hashes():
    lock = (ROOT / "requirements/dev.txt").read_text(encoding="utf-8")
    cut = re.search(r"^setuptools==[\s\S]*?[^\\]$", lock, re.MULTILINE)
    assert cut is not None
    assert "--hash=sha256:" in cut[0]
    assert "==" not in cut[0].removeprefix("setuptools==")


def test_the_image_runs_as_a_number_that_is_not_root():
    assert re.search(r"^USER (\d+):\d+$", DOCKERFILE, re.MULTILINE)[1] == "10001"
