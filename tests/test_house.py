"""The rules of the house that no linter keeps: the tree, names, sizes, import contracts, papers."""

from __future__ import annotations

import ast
import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from monitor.__main__ import verbs
from tests.services import ROOT, require

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = PYPROJECT["tool"]["importlinter"]["contracts"]
PACKAGES = PYPROJECT["tool"]["importlinter"]["root_packages"]

LONGEST_FUNCTION = 60
LONGEST_FILE = 400
LONG_FOR_A_REASON = {
    "events/contract.py": "every event type with its meaning, in one place to read and to freeze",
    "topology/model.py": "every noun of the catalogue with its meaning, in one place to read",
    "topology/catalogue/schema.py": "the catalogue's keys as data; splitting it would split one table",
    "topology/live/engine.py": "the fold: a handler for each event, with the state that they share",
}
VAGUE = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}


@cache
def tracked(*suffixes: str) -> list[Path]:
    """Return the files of the checkout, by suffix; those that git knows, where there is git."""
    if shutil.which("git") and (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        made = {"build", "dist", "secrets", "__pycache__"}
        paths = [
            p
            for p in ROOT.rglob("*")
            if not any(n[0] == "." or n in made for n in p.relative_to(ROOT).parts)
        ]
    return [p for p in paths if p.is_file() and (not suffixes or p.suffix in suffixes)]


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def long_functions(source: str) -> list[tuple[str, int]]:
    """Return the functions of a file that are longer than the house allows, with their lines."""
    functions = (
        n
        for n in ast.walk(ast.parse(source))
        if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    sizes = ((f.name, f.end_lineno - f.lineno + 1) for f in functions)
    return [(name, lines) for name, lines in sizes if lines > LONGEST_FUNCTION]


# --- the tree ------------------------------------------------------------------------------------


def test_every_top_level_package_stands_in_the_layer_list():
    on_disk = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    layers = next(c["layers"] for c in CONTRACTS if c["type"] == "layers")
    assert {name for layer in layers for name in layer.split(" | ")} == on_disk == set(PACKAGES)


def test_every_root_package_loads_from_this_repository():
    for name in PACKAGES:
        found = importlib.util.find_spec(name)
        assert found is not None
        assert Path(found.origin).is_relative_to(ROOT), f"{name} comes from {found.origin}"


def test_no_module_has_a_name_that_says_nothing():
    vague = [place(p) for p in tracked(".py") if {p.stem, p.parent.name} & VAGUE]
    assert vague == []


def test_no_root_package_has_the_name_of_a_standard_module():
    assert not set(PACKAGES) & set(sys.stdlib_module_names)


def test_a_long_file_has_a_reason_and_a_reason_has_a_long_file():
    ours = [p for p in tracked(".py") if place(p).split("/")[0] in PACKAGES]
    long = {place(p) for p in ours if text(p).count("\n") > LONGEST_FILE}
    assert long == set(LONG_FOR_A_REASON)


def test_no_function_is_longer_than_the_house_allows():
    found = {place(p): long for p in tracked(".py") if (long := long_functions(text(p)))}
    assert found == {}


def test_the_measure_of_functions_sees_a_long_one_and_leaves_a_short_one():
    body = "\n".join("    x = 1" for _ in range(LONGEST_FUNCTION))
    assert long_functions(f"async def long():\n{body}\n") == [("long", LONGEST_FUNCTION + 1)]
    assert long_functions("def short():\n    return 1\n") == []


# --- the import contracts, broken on purpose -----------------------------------------------------

BREACHES = {
    "Layers": [
        ("events/span.py", "probes.port"),
        ("topology/model.py", "alerting.engine"),
        ("topology/model.py", "probes.port"),
        ("probes/port.py", "topology.model"),
        ("alerting/engine.py", "monitor.fold"),
    ],
    "Probes and alerting": [
        ("probes/port.py", "alerting.engine"),
        ("alerting/priority.py", "probes.port"),
    ],
    "The core is pure": [
        ("events/codec.py", "events.clock"),
        ("topology/model.py", "time"),
        ("topology/lanes.py", "asyncio"),
        ("topology/live/engine.py", "asyncio"),
        ("topology/catalogue/reading.py", "pathlib"),
        ("alerting/priority.py", "random"),
        ("alerting/engine.py", "logging"),
        ("monitor/fold.py", "sqlite3"),
    ],
    "Only the analyses see networkx": [
        ("topology/lanes.py", "networkx"),
        ("topology/live/rootcause.py", "networkx"),
    ],
    "The floors of topology": [
        ("topology/gates.py", "topology.live.engine"),
        ("topology/lanes.py", "topology.catalogue.reading"),
        ("topology/timers.py", "topology.compiled"),
    ],
    "Adapters are built": [
        ("monitor/cli/verb.py", "events.kafka"),
        ("probes/port.py", "events.journal"),
    ],
}
"""Start of a contract's name -> imports that it must refuse: (file, module)."""


def lint_broken(destination: str) -> str:
    """Copy the packages, add every breach, and return what the linter says."""
    root = Path(destination)
    for name in PACKAGES:
        shutil.copytree(
            ROOT / name,
            root / name,
            ignore=shutil.ignore_patterns("__pycache__", "*.html", "static"),
        )
    shutil.copy(ROOT / "pyproject.toml", root)
    for breaches in BREACHES.values():
        for file, module in breaches:
            with (root / file).open("a", encoding="utf-8") as opened:
                opened.write(f"\nimport {module}\n")
    command = [require("lint-imports"), "--no-logo", "--no-cache"]
    done = subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return " ".join(done.stdout.split())


@pytest.fixture(scope="session")
def said(tmp_path_factory):
    return lint_broken(str(tmp_path_factory.mktemp("broken")))


@pytest.mark.parametrize("contract", [c["name"] for c in CONTRACTS])
def test_a_contract_is_broken_by_what_it_forbids(contract, said):
    start = next((known for known in BREACHES if contract.startswith(known)), None)
    assert start is not None, "a new contract: add an import to BREACHES that it must refuse"
    assert f"{contract} BROKEN" in said
    reported = said.split("Broken contracts")[1].split(contract, 1)[1]
    for other in (c["name"] for c in CONTRACTS if c["name"] != contract):
        reported = reported.split(f"{other} ---")[0]
    for file, module in BREACHES[start]:
        importer = file.removesuffix(".py").replace("/", ".")
        assert re.search(
            rf"{re.escape(importer)} (is not allowed to import|->) {re.escape(module)}", reported
        ), (
            importer,
            module,
        )


# --- papers --------------------------------------------------------------------------------------

ADRS = sorted((ROOT / "docs/adr").glob("*.md"))
SECTIONS = ["Status", "Context", "Decision", "Consequences", "What would change our mind"]


def test_the_numbers_of_decisions_are_unique_and_without_a_gap():
    numbers = [int(path.name[:4]) for path in ADRS]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("path", ADRS, ids=lambda path: path.stem)
def test_a_decision_has_its_five_sections_and_its_number_in_the_title(path):
    assert re.findall(r"^## (.+)$", text(path), re.MULTILINE) == SECTIONS
    assert re.match(rf"# {int(path.name[:4])}\. \S", text(path))


def requirement_names(*groups: list[str]) -> set[str]:
    return {re.split(r"[<>=!\[; ]", one)[0].lower() for group in groups for one in group}


def test_every_dependency_has_its_line_in_the_decision_about_dependencies():
    project = PYPROJECT["project"]
    wanted = requirement_names(
        project["dependencies"],
        *project["optional-dependencies"].values(),
        *PYPROJECT["dependency-groups"].values(),
    )
    lines = {
        name.lower()
        for name in re.findall(r"^\| `([^`]+)`", text(adr("dependencies")), re.MULTILINE)
    }
    assert wanted - lines == set()


def adr(subject: str) -> Path:
    return next(path for path in ADRS if subject in path.name)


def test_every_library_that_is_shipped_is_named_with_its_licence():
    locked = set(re.findall(r"^([a-z0-9-]+)==", text(ROOT / "requirements/run.txt"), re.MULTILINE))
    named = dict(
        re.findall(r"^\| ([a-z0-9-]+) \| ([^|]+) \|", text(ROOT / "THIRD_PARTY.md"), re.MULTILINE)
    )
    assert locked - set(named) == set()
    assert all(licence.strip() for licence in named.values())


def test_the_changelog_has_the_version_in_hand():
    changelog = text(ROOT / "CHANGELOG.md")
    assert "## [Unreleased]" in changelog


def test_every_verb_of_the_command_line_is_in_the_documentation():
    pages = [p for p in tracked(".md") if place(p).startswith("docs/") or p.name == "README.md"]
    written = "\n".join(text(page) for page in pages)
    missing = [
        verb.name
        for verb in verbs()
        if not re.search(rf"\bketen {re.escape(verb.name)}\b", written)
    ]
    assert missing == []


def test_every_link_of_the_papers_at_the_top_leads_somewhere():
    """Those of README.md and docs/ are looked at in tests/test_docs.py."""
    papers = [page for page in ROOT.glob("*.md") if page.name != "README.md"]
    targets = [
        (p.name, t) for p in papers for t in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text(p))
    ]
    assert len(papers) >= 3
    assert [one for one in targets if "://" not in one[1] and not (ROOT / one[1]).exists()] == []


# --- nothing of the place where it was written ---------------------------------------------------

REGISTRIES = (
    "pypi" + r"\.org",
    "pythonhosted" + r"\.org",
    r"registry\." + "npmjs",
    r"repo1?\." + r"maven",
    r"deb\." + "debian",
    r"proxy\." + "golang",
    r"registry\." + r"k8s",
    r"gh" + r"cr\.io",
    r"qu" + r"ay\.io",
    r"docker" + r"\.io/",
)
MACHINE = (r"(?<![\w.])/" + "work/", r"(?<![\w.])/" + "root/", r"(?<![\w.])/" + r"home/\w+/")


@pytest.mark.parametrize("pattern", [*REGISTRIES, *MACHINE])
def test_no_tracked_file_names_a_registry_or_a_path_of_this_machine(pattern):
    found = [place(p) for p in tracked() if re.search(pattern, text(p))]
    assert found == []
