"""`keten probe` from the command line to the exit code, against an agent on loopback."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from monitor.__main__ import main
from tests.probes.agent import TestAgent, Unkind, recording

OFFICE = Path(__file__).parents[1] / "recordings" / "office-switch.snmprec"


@pytest.fixture
async def agent():
    one = await TestAgent(recording(OFFICE)).listen()
    yield one
    one.close()


async def keten(*words: str) -> int:
    return await asyncio.to_thread(main, ["probe", *words])


async def test_facts_come_as_json(agent, capsys) -> None:
    address = f"127.0.0.1:{agent.port}"
    assert await keten(address, "--community", "public", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["system"]["name"] == "sw-test"
    assert len(found["interfaces"]) == 6


async def test_facts_come_as_text_with_a_community_from_the_environment(
    agent, capsys, monkeypatch
) -> None:
    monkeypatch.setenv("LAN_RO", "public")
    assert await keten(f"127.0.0.1:{agent.port}", "--community", "env:LAN_RO") == 0
    out = capsys.readouterr().out
    assert "Interfaces (6)" in out
    assert "Gi1/0/5" in out
    assert "temperature  -          Dead sensor" in out


async def test_a_community_from_a_file(agent, capsys, tmp_path) -> None:
    (tmp_path / "ro").write_text("public\n")
    address = f"127.0.0.1:{agent.port}"
    assert await keten(address, "--community", f"file:{tmp_path / 'ro'}", "--json") == 0


async def test_silence_is_3_and_names_address_tries_and_cure(agent, capsys) -> None:
    words = ["--community", "wrong", "--timeout", "0.01", "--retries", "1", "--json"]
    assert await keten(f"127.0.0.1:{agent.port}", *words) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"127.0.0.1:{agent.port} did not answer in 2 tries of 0.01 s; check" in captured.err


async def test_garbage_is_3_and_says_what_it_is(agent, capsys) -> None:
    agent.unkind = Unkind(always_garbage=True)
    words = ["--community", "public", "--timeout", "0.01"]
    assert await keten(f"127.0.0.1:{agent.port}", *words) == 3
    assert "not SNMP" in capsys.readouterr().err


async def test_a_device_that_dies_half_way_is_3_with_what_it_gave(agent, capsys) -> None:
    agent.on_ask = lambda _: setattr(agent.unkind, "lose", 999) if len(agent.asked) > 9 else None
    words = ["--community", "public", "--timeout", "0.01", "--json"]
    assert await keten(f"127.0.0.1:{agent.port}", *words) == 3
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert found["system"]["uptime_s"] == 1234
    assert any("no answer" in quirk for quirk in found["quirks"])
    assert "unanswered" in captured.err


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        ([], "give either --community C or --v3-user U"),
        (["--community", "c", "--v3-user", "u"], "give either"),
        (["--community", "env:NOT_SET_AT_ALL"], "NOT_SET_AT_ALL is empty or not set"),
        (["--community", "file:no/such/file"], "cannot be read"),
        (["--v3-user", "u", "--v3-auth", "SHA256"], "TYPE:SECRET"),
        (["--v3-user", "u", "--v3-priv", "AES128:secret"], "needs --v3-auth"),
        (["--v3-user", "u", "--engine", "fast"], "speaks v2c only"),
        (["--v3-user", "u", "--v3-auth", "SHA9:secretsecret"], "'SHA9' is not known"),
    ],
)
def test_a_wrong_call_is_2_and_names_the_cure(words, cure, capsys) -> None:
    assert main(["probe", "127.0.0.1:9", *words]) == 2
    assert cure in capsys.readouterr().err


def test_a_wrong_address_is_2(capsys) -> None:
    assert main(["probe", "sw:port", "--community", "c"]) == 2
    assert "HOST:PORT" in capsys.readouterr().err


def test_no_secret_is_ever_shown(capsys) -> None:
    main(
        ["probe", "127.0.0.1:9", "--community", "hush-hush", "--timeout", "0.01", "--retries", "0"]
    )
    captured = capsys.readouterr()
    assert "hush-hush" not in captured.out + captured.err
