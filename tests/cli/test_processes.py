"""The command line as a process: what it loads, what it does when its reader or its user leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.cli.conftest import KANTOOR
from tests.faults.running import KETEN, free_port

HEAVY = {"aiohttp", "jinja2", "babel", "yaml", "networkx", "pysnmp", "numpy", "msgspec", "asyncio"}


def by_default():
    """A test run in the background ignores SIGINT, and its children would too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_help_loads_nothing_heavy():
    program = (
        "import sys\n"
        "from monitor.__main__ import main\n"
        "main(['--help'])\n"
        f"print(sorted({HEAVY} & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stderr == "[]\n"


@pytest.mark.parametrize("word", ["schema", "--help"], ids=["more than a buffer", "less"])
def test_a_reader_that_left_is_no_error(word):
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as gone:
        done = subprocess.run(
            [KETEN, word],
            stdout=gone,
            stderr=subprocess.PIPE,
            env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_locale_without_letters_does_not_break_the_result(tmp_path):
    (tmp_path / "a.yaml").write_text("sitez: [Één]\n", encoding="utf-8")
    plain = {
        "LC_ALL": "C",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONUTF8": "0",
        "PATH": os.environ["PATH"],
    }
    done = subprocess.run([KETEN, "check", tmp_path], env=plain, capture_output=True, check=False)
    assert done.returncode == 2
    assert "sitez: [Één]" in done.stdout.decode("utf-8")


def test_ctrl_c_while_stdin_is_read_is_130_and_quiet():
    with subprocess.Popen(
        [KETEN, "replay", KANTOOR, "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=by_default,  # noqa: PLW1509  # nothing else runs in this process
    ) as running:
        running.stdin.write(b"\n" * 1_000_000)  # more than a pipe holds: returns once it is read
        running.stdin.flush()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)
    assert (running.returncode, out, err) == (130, b"", b"")


@pytest.mark.slow
def test_ctrl_c_ends_a_service_cleanly_and_its_first_line_is_its_address(tmp_path):
    subprocess.run([KETEN, "init", tmp_path / "r", "--yes"], check=True, capture_output=True)
    board, traps = (f"127.0.0.1:{free_port()}" for _ in range(2))
    with subprocess.Popen(
        [KETEN, "run", tmp_path / "r", "--listen", board, "--traps", traps, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "LAN_RO": "public"},
        preexec_fn=by_default,  # noqa: PLW1509  # nothing else runs in this process
    ) as running:
        first = json.loads(running.stdout.readline())
        running.send_signal(signal.SIGINT)
        rest, err = running.communicate(timeout=30)
    assert first == {"url": f"http://{board}/"}
    assert (running.returncode, rest) == (0, b"")
    assert err.splitlines()[-1] == b"stopped"
