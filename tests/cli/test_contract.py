"""What a script may rely on: exit codes, which stream carries what, words that do not exist, bytes."""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import shutil
import sys
import tempfile
from types import SimpleNamespace
from urllib.error import HTTPError

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.__main__ import main, parser, verbs
from monitor.cli import live
from monitor.cli.verb import emit, say
from monitor.service_schema import OPTIONS
from tests.cli.conftest import KANTOOR
from tests.cli.page import CODES

NAMES = [verb.name for verb in verbs()]


def options_of(verb):
    """The options that the help of a verb shows."""
    under = next(
        one for one in parser(verbs())._actions if isinstance(one, argparse._SubParsersAction)
    )
    return set(re.findall(r"--[a-z][a-z0-9-]*", under.choices[verb].format_help()))


# --- help -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", verbs(), ids=lambda verb: verb.name)
def test_help_shows_the_examples_before_everything_else(keten, verb):
    done = keten(verb.name, "--help")
    assert done.code == 0
    usage, examples, *_ = done.out.split("\n\n")
    assert usage.startswith(f"usage: keten {verb.name}")
    assert examples == "\n".join(["examples:", *(f"  {line}" for line in verb.examples)])
    assert "--json" in done.out


@pytest.mark.parametrize("verb", verbs(), ids=lambda verb: verb.name)
def test_a_summary_is_a_sentence_and_an_example_calls_its_verb(verb):
    assert verb.summary[0].isupper()
    assert verb.summary.endswith(".")
    assert all(f"keten {verb.name}" in line for line in verb.examples)


@pytest.mark.parametrize("verb", verbs(), ids=lambda verb: verb.name)
def test_an_example_is_a_call_that_the_parser_takes(verb):
    top = parser(verbs())
    for line in verb.examples:
        for call in re.split(r" \| | && | > ", line):
            if call.startswith("keten "):
                assert hasattr(top.parse_args(call.split()[1:]), "run"), line


def test_the_help_of_keten_names_every_verb_and_every_exit_code(keten):
    done = keten("--help")
    assert done.code == 0
    assert [name for name in NAMES if name not in done.out] == []
    documented = {code for codes in CODES.values() for code in codes} | {130}
    assert documented <= {int(code) for code in re.findall(r"\b(\d+) [a-z]", done.out)}


def test_without_a_verb_the_help_goes_to_stderr_with_2(keten):
    done = keten()
    assert (done.code, done.out) == (2, "")
    assert "verbs:" in done.err


def test_every_setting_is_an_option_of_run():
    wanted = {"--" + name.replace("_", "-") for name in OPTIONS}
    assert wanted <= options_of("run")


def test_the_version_is_a_result(keten):
    done = keten("--version")
    assert (done.code, done.err) == (0, "")
    assert re.fullmatch(r"keten \d+\.\d+\.\d+\n", done.out)


# --- words that do not exist ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["chekc", "x"], "keten: unknown verb chekc; did you mean check?"),
        (["frobnicate"], "keten: unknown verb frobnicate\n"),
        (["check", "x", "--jsno"], "keten check: unknown option --jsno; did you mean --json?"),
        (["replay", "x", "y", "--untill=1"], "unknown option --untill; did you mean --until?"),
        (["check", "x", "y"], "keten check: unknown argument y"),
        (["check"], "keten check: the following arguments are required: DIR"),
        (["probe", "sw", "--timeout", "abc"], "--timeout: abc is not a number from 0.001 to 60"),
        (["probe", "sw", "--timeout", "nan"], "--timeout: nan is not a number"),
        (["probe", "sw", "--retries", "11"], "--retries: 11 is not a number from 0 to 10"),
        (["demo", "--port", "65536"], "argument --port: 65536 is not a port: 0 to 65535"),
    ],
)
def test_a_word_that_does_not_exist_is_2_with_the_nearest_one(keten, words, said):
    done = keten(*words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "--help" in done.err


def test_an_option_is_not_guessed_from_its_beginning(keten):
    assert keten("check", KANTOOR, "--js").code == 2


OFFLINE = (
    *("check", "schema", "evaluate", "graph", "replay", "export"),
    *("rootcause", "report", "explain-minute", "whatif", "changes", "reliability"),
    *("ledger", "close", "revise"),
)
WORDS = st.one_of(
    st.sampled_from(
        [
            *("--json", "--until", "--from", "--format", "--output", "--data", "--log", "-"),
            *("--down", "--at", "--events", "--month", "--chain", "--users", "verify"),
        ]
    ),
    st.sampled_from(
        ["kantoor", "nowhere", "journal", "json", "2026-06-09T07:00:00Z", "2026-06", "9"]
    ),
    st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=8),
)


@given(st.sampled_from(OFFLINE), st.lists(WORDS, max_size=5))
@settings(max_examples=60, deadline=None)
def test_whatever_is_typed_gets_a_documented_code_and_a_refusal_says_why(verb, words):
    said = {
        "stdout": io.StringIO(),
        "stderr": io.StringIO(),
        "stdin": io.TextIOWrapper(io.BytesIO()),
    }
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as directory:
        patch.chdir(directory)
        shutil.copytree(KANTOOR, "kantoor")  # whatever is written into it is gone afterwards
        for name, stream in said.items():
            patch.setattr(sys, name, stream)
        code = main([verb, *words])
    assert code in CODES[verb] or code == 2
    if code == 2:
        assert said["stderr"].getvalue().strip()


# --- exit codes and streams ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["check", "nowhere"],
        ["evaluate", "nowhere", "states.json"],
        ["graph", "nowhere"],
        ["replay", "nowhere", "events.jsonl"],
        ["export", "nowhere"],
        ["rootcause", "nowhere", "states.json"],
        ["report", "nowhere", "--month", "2026-06", "--events", "events.jsonl"],
        ["explain-minute", "nowhere", "c", "2026-06-09T07:00:00Z", "--events", "events.jsonl"],
        ["whatif", "nowhere", "--down", "a"],
        ["whatif", "nowhere", "--down", "a", "--at", "2026-06-09T07:00:00Z", "--events", "e.jsonl"],
        ["changes", "nowhere", "--events", "events.jsonl"],
        ["reliability", "nowhere"],
        ["ledger", "verify", "nowhere"],
        ["close", "nowhere", "--month", "2026-06"],
        ["revise", "nowhere", "--month", "2026-06", "--reason", "late"],
        ["run", "nowhere"],
    ],
    ids=lambda words: words[0],
)
def test_a_directory_that_is_missing_is_2_with_the_cure(keten, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "states.json").write_text('{"states": {}}', encoding="utf-8")
    done = keten(*words)
    assert done.code == 2
    assert (
        "nowhere: error[no-directory] does not exist; `keten init nowhere`" in done.out + done.err
    )


def test_a_chain_that_is_down_is_an_answer_not_a_failure(keten, tmp_path):
    everything = [f'"{one}": "down"' for one in ("sw-1", "core-1")]
    (tmp_path / "states.json").write_text(f'{{"states": {{{", ".join(everything)}}}}}')
    keten("init", tmp_path / "first", "--yes")
    done = keten("evaluate", tmp_path / "first", tmp_path / "states.json")
    assert (done.code, done.err) == (0, "")
    assert " down " in done.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--json", "--format", "graphml"], "leave one out, or add --output DIR"),
        (["--format", "dot"], "use graphml, json"),
        (["--output", "file/x"], "--output file/x: cannot write there"),
    ],
)
def test_a_graph_that_cannot_be_written_is_2_with_the_cure(
    keten, tmp_path, monkeypatch, words, said
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    done = keten("graph", KANTOOR, *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


@pytest.mark.parametrize("until", ["yesterday", "2026-06-09", "2026-06-09T07:00:00"])
def test_a_moment_without_a_zone_is_2_with_an_example(keten, until):
    for verb, more in (("replay", ["events.jsonl"]), ("export", [])):
        done = keten(verb, KANTOOR, *more, "--until", until)
        assert (done.code, done.out) == (2, "")
        assert f"--until {until}: write a moment with its zone, as in 2026-" in done.err


def test_there_is_nothing_to_export_before_the_first_run(keten, tmp_path):
    keten("init", tmp_path / "first", "--yes")
    done = keten("export", tmp_path / "first")
    assert (done.code, done.out) == (3, "")
    assert "start `keten run`" in done.err


def test_replay_reads_stdin_and_tells_each_line_that_it_cannot_use(keten, monkeypatch):
    lines = io.TextIOWrapper(io.BytesIO(b'\n{"id": "half", \nnot json\n'))
    monkeypatch.setattr(sys, "stdin", lines)
    done = keten("replay", KANTOOR, "-", "--json")
    assert done.code == 3
    assert [one["line"] for one in json.loads(done.out)["deadletters"]] == [2, 3]
    assert done.err.startswith("-:2: ")


# --- a service that answers otherwise -----------------------------------------------------------------


async def test_status_tells_the_state_in_sign_and_word_and_exit_code_only_when_asked(ask, service):
    done = await ask("status", "--url", service)
    assert (done.code, done.err) == (0, "")
    assert "✖ down" in done.out
    assert "? unknown" in done.out
    assert (await ask("status", "--url", service, "--exit-code")).code == 1
    dutch = await ask("status", "--url", service, "--lang", "nl")
    assert "✖ storing" in dutch.out


async def test_explain_names_the_cause_its_owner_and_the_users(ask, service):
    done = await ask("explain", "zaak-zwd", "--url", service)
    assert "  cause: zwd-wan-1 (down, glas)" in done.out.splitlines()
    assert "  users: 140 of 140 cannot work" in done.out.splitlines()


async def test_a_chain_that_does_not_exist_is_2_with_the_nearest_one(ask, service):
    done = await ask("explain", "zak-zwd", "--url", service)
    assert (done.code, done.out) == (2, "")
    assert "no chain zak-zwd; did you mean zaak-zwd?" in done.err
    done = await ask("explain", "?", "--url", service)
    assert (done.code, "there are: zaak-ddt, " in done.err) == (2, True)


async def other_service(answer):
    async def handler(_request):
        return answer()

    app = web.Application()
    app.router.add_get("/{any:.*}", handler)
    server = TestServer(app)
    await server.start_server()
    return server


@pytest.mark.parametrize("verb", [["status"], ["incidents"], ["explain", "zaak-ddt"]], ids=str)
@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (lambda: web.Response(text="<html>"), 3, "no service at"),
        (lambda: web.json_response([]), 3, "is another service"),
        (lambda: web.json_response({"x": 1}), 3, "is another service"),
        (lambda: web.Response(status=500), 3, "answered 500"),
        (lambda: web.Response(status=404), 3, "another service"),
        (lambda: web.Response(status=403), 4, "does not allow this (403)"),
    ],
)
async def test_another_service_gets_one_line_and_its_code(ask, verb, answer, code, said):
    server = await other_service(answer)
    try:
        done = await ask(*verb, "--url", f"http://{server.host}:{server.port}/")
    finally:
        await server.close()
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    "url", ["ftp://x", "127.0.0.1:8470", "http://", "http://[::1", "http://h:99999"]
)
def test_an_address_that_is_none_is_2_with_an_example(keten, url):
    done = keten("status", "--url", url)
    assert done.code == 2
    assert "write it as http://127.0.0.1:8470" in done.err


# --- bytes ----------------------------------------------------------------------------------------


def through_ascii(monkeypatch, *words):
    """Call the command line with streams of a locale that knows only ASCII."""
    streams = SimpleNamespace(out=io.BytesIO(), err=io.BytesIO())
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(streams.out, encoding="ascii"))
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(streams.err, encoding="ascii"))
    code = main([str(word) for word in words])
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return code, streams.out.getvalue(), streams.err.getvalue()


def test_results_are_utf_8_whatever_the_locale(monkeypatch, tmp_path):
    (tmp_path / "a.yaml").write_text("sitez: [Één]\n", encoding="utf-8")
    code, out, _ = through_ascii(monkeypatch, "check", tmp_path)
    assert code == 2
    assert "sitez: [Één]" in out.decode("utf-8")
    code, _, err = through_ascii(monkeypatch, "graph", tmp_path / "café")
    assert code == 2
    assert "café" in err.decode("utf-8")


def test_a_name_that_is_no_text_does_not_break_the_message(monkeypatch):
    _, out, _ = through_ascii(monkeypatch, "check", os.fsdecode(b"/caf\xe9"), "--json")
    assert json.loads(out)["problems"][0]["code"] == "no-directory"


def test_what_steers_a_terminal_is_shown_as_a_mark(capsys):
    emit(SimpleNamespace(json=False), None, "a\x1b[31m\x9bb\tc\nd\r")
    say("\x07")
    captured = capsys.readouterr()
    assert captured.out == "a\ufffd[31m\ufffdb\tc\nd\ufffd\n"
    assert captured.err == "\ufffd\n"


@pytest.mark.parametrize(
    "setting", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"FORCE_COLOR": "1"}], ids=str
)
def test_no_output_has_colour_codes(keten, monkeypatch, setting):
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    for words in (["--help"], ["check", "--help"], ["check", str(KANTOOR)], ["chekc"]):
        done = keten(*words)
        assert "\x1b" not in done.out + done.err


# --- being stopped --------------------------------------------------------------------------------


def test_an_interrupted_verb_is_130_without_a_trace(keten, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("monitor.catalogue_files.load", interrupted)
    done = keten("graph", KANTOOR)
    assert (done.code, done.out, done.err) == (130, "", "")


def test_a_refusal_is_never_mistaken_for_silence():
    for code, exit_code in ((401, 4), (403, 4), (404, 3), (503, 3)):
        error = HTTPError("http://h", code, "no", None, io.BytesIO())
        assert live._refused("http://h", error).code == exit_code
        error.close()
