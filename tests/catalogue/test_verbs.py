"""The verbs init, check and schema: results on stdout, messages on stderr, exit codes as documented."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from monitor.__main__ import main
from tests.catalogue.samples import WHOLE, written

CHECK_RESULT = {
    "type": "object",
    "required": ["problems"],
    "additionalProperties": False,
    "properties": {
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["file", "line", "column", "severity", "code", "message"],
                "additionalProperties": False,
                "properties": {
                    "file": {"type": "string"},
                    "line": {"type": "integer", "minimum": 0},
                    "column": {"type": "integer", "minimum": 0},
                    "severity": {"enum": ["error", "warning", "note"]},
                    "code": {"type": "string", "pattern": "^[a-z0-9-]+$"},
                    "message": {"type": "string"},
                },
            },
        }
    },
}


def keten(capsys, *argv):
    code = main([str(word) for word in argv])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def checked(capsys, directory):
    code, out, _ = keten(capsys, "check", directory, "--json")
    result = json.loads(out)
    jsonschema.validate(result, CHECK_RESULT)
    return code, [problem["code"] for problem in result["problems"]]


def test_check_gives_0_for_notes_1_for_warnings_and_2_for_errors(tmp_path, capsys):
    assert checked(capsys, written(tmp_path, a=WHOLE)) == (0, ["single-point"] * 4)
    warned = WHOLE.replace(", contact: {email: noc@lan.example}", "")
    assert checked(capsys, written(tmp_path, a=warned))[0] == 1
    assert checked(capsys, written(tmp_path, a=WHOLE + "x: 1\n")) == (2, ["unknown-key"])
    assert checked(capsys, tmp_path / "nowhere") == (2, ["no-directory"])


def test_check_shows_the_line_and_a_caret_under_the_place(tmp_path, capsys):
    code, out, err = keten(capsys, "check", written(tmp_path, a="sites:\n  - {id: a, nmae: A}\n"))
    assert code == 2
    assert out.splitlines() == [
        f"{tmp_path}/a.yaml:2:13: error[unknown-key] unknown key `nmae`; did you mean `name`?",
        "      - {id: a, nmae: A}",
        "                ^",
    ]
    assert err == "1 error, 0 warnings, 0 notes\n"


@pytest.mark.parametrize(
    "text",
    [
        "service:\n  credentials:\n    - {id: a, snmp: {community: geheim}}\n",
        "service:\n  # uitleg\n\n  pasword: geheim\n",
        "service: {credentials: [{id: a, snmp: {comunity: geheim}}]}\n",
        "{service: {pasword: geheim}}\n",
        "service:\n\tpassword: geheim\n",
    ],
)
def test_check_never_repeats_a_line_of_the_settings(tmp_path, capsys, text):
    directory = written(tmp_path, a=text)
    code, out, err = keten(capsys, "check", directory)
    assert code == 2
    assert "geheim" not in out + err
    assert "geheim" not in keten(capsys, "check", directory, "--json")[1]


def test_a_line_that_is_too_wide_is_shown_around_the_place(tmp_path, capsys):
    text = "sites: [" + ", ".join(f"{{id: s{n}}}" for n in range(99)) + ", {id: x, nmae: X}]\n"
    _, out, _ = keten(capsys, "check", written(tmp_path, a=text))
    _, shown, caret = out.splitlines()
    assert len(shown) < 200
    assert shown[caret.index("^") :].startswith("nmae")


def test_control_characters_of_a_file_do_not_reach_the_terminal(tmp_path, capsys):
    (tmp_path / "a.yaml").write_bytes(b"sites: [{id: \x1b[31m}]\n")
    _, out, _ = keten(capsys, "check", tmp_path)
    assert "\x1b" not in out


def test_a_clean_check_says_what_there_is(tmp_path, capsys):
    code, out, _ = keten(capsys, "check", written(tmp_path, a=WHOLE))
    assert code == 0
    assert out.splitlines()[-1].endswith("3 components, 2 links, 1 group, 1 chain")


def test_every_other_verb_refuses_a_broken_catalogue_with_2(tmp_path, capsys):
    written(tmp_path, a="sitez: []\n")
    (tmp_path / "states.json").write_text('{"states": {}}', encoding="utf-8")
    code, out, err = keten(capsys, "evaluate", tmp_path, tmp_path / "states.json", "--json")
    assert (code, out) == (2, "")
    assert "a.yaml:1:1: error[unknown-key]" in err


def test_what_init_writes_passes_check(tmp_path, capsys):
    code, out, err = keten(capsys, "init", tmp_path / "nieuw", "--yes")
    assert code == 0
    assert [Path(line).name for line in out.splitlines()] == [
        "keten.schema.json",
        "keten.yaml",
        "service.yaml",
    ]
    assert "keten check" in err
    for page in (tmp_path / "nieuw").glob("*.yaml"):
        first = page.read_text(encoding="utf-8").splitlines()[0]
        assert first == "# yaml-language-server: $schema=./keten.schema.json"
    code, codes = checked(capsys, tmp_path / "nieuw")
    assert code == 0
    assert set(codes) == {"single-point"}


def test_the_example_in_the_repository_has_no_warning(capsys):
    code, codes = checked(capsys, Path(__file__).parents[2] / "examples" / "kantoor")
    assert code == 0
    assert set(codes) == {"single-point"}


@pytest.mark.parametrize(
    "text", ["# \u2028\nsitez: []\n", "# \x85\r\nsitez: []\r\n", "#\rsitez: []\r"]
)
def test_the_line_that_is_shown_is_the_one_that_is_meant(tmp_path, capsys, text):
    (tmp_path / "a.yaml").write_bytes(text.encode())
    _, out, _ = keten(capsys, "check", tmp_path)
    _, shown, caret = out.splitlines()
    assert shown[caret.index("^") :].startswith("sitez")


@pytest.mark.parametrize("name", ["keten.yaml", "anders.yaml", "keten.schema.json"])
def test_init_overwrites_nothing(tmp_path, capsys, name):
    (tmp_path / name).write_text("mijn werk", encoding="utf-8")
    code, out, err = keten(capsys, "init", tmp_path, "--yes")
    assert (code, out) == (2, "")
    assert name in err
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text(encoding="utf-8") == "mijn werk"


def test_init_tells_when_it_cannot_write(tmp_path, capsys):
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, out, err = keten(capsys, "init", tmp_path / "file" / "x", "--yes")
    assert (code, out) == (2, "")
    assert "cannot write" in err


def test_init_asks_a_person_and_takes_no_for_an_answer(tmp_path, capsys, monkeypatch):
    class Terminal:
        def __init__(self, answer):
            self.readline = lambda: answer

        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    assert keten(capsys, "init", tmp_path / "x")[0] == 0
    assert not (tmp_path / "x").exists()
    monkeypatch.setattr(sys, "stdin", Terminal("\n"))
    assert keten(capsys, "init", tmp_path / "x")[0] == 0
    assert (tmp_path / "x" / "keten.yaml").exists()


def test_schema_is_the_same_with_and_without_json_and_is_what_init_writes(tmp_path, capsys):
    plain = keten(capsys, "schema")[1]
    assert keten(capsys, "schema", "--json")[1] == plain
    keten(capsys, "init", tmp_path / "x", "--yes")
    assert (tmp_path / "x" / "keten.schema.json").read_text(encoding="utf-8") == plain
    jsonschema.Draft202012Validator.check_schema(json.loads(plain))


def large(pages):
    """About 40 lines a page in block style, with two chains."""
    names = ("components", "links", "groups", "chains")
    out = {name: [f"{name}:"] for name in names}

    def add(section, **keys):
        for n, (key, value) in enumerate(keys.items()):
            out[section].append(f"  {'-' if n == 0 else ' '} {key.rstrip('_')}: {value}")

    for core in ("core-1", "core-2"):
        add("components", id=core, kind="switch", tier="core", supplier="lan")
        add("links", id=f"l-{core}", between=f"[{core}, app]", supplier="lan")
    add("components", id="app", kind="service", supplier="lan", site="s")
    for n in range(pages):
        add("components", id=f"sw-{n}", kind="switch", supplier="lan", site="s")
        for core in ("core-1", "core-2"):
            add("links", id=f"l-{n}-{core}", between=f"[sw-{n}, {core}]", supplier="lan", members=1)
        for ap in "ab":
            add("components", id=f"ap-{n}-{ap}", kind="ap", supplier="lan", site="s")
            add("links", id=f"l-{n}-{ap}", between=f"[ap-{n}-{ap}, sw-{n}]", supplier="lan")
        add("groups", id=f"g-{n}", users=30, members=f"[ap-{n}-a, ap-{n}-b]", min=1, full=2)
        for c in "xy":
            add("chains", id=f"c-{n}-{c}", from_=f"g-{n}", to="app", level="goud", urgency=1)
    head = WHOLE.partition("components:")[0]
    return head + "\n".join(line for name in names for line in out[name]) + "\n"


@pytest.mark.slow
def test_a_catalogue_of_14_000_lines_is_checked_without_a_word(tmp_path):
    """How long it takes is measured by `python -m benchmarks cli`."""
    text = large(345)
    assert text.count("\n") > 14_000
    written(tmp_path, a=text)
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "check", tmp_path, "--json"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[:2000]
