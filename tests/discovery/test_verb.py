"""`keten discover` from the file of targets to the exit code."""

from __future__ import annotations

import json

import pytest

from monitor.__main__ import main
from tests.cli.conftest import ask, device, keten  # noqa: F401  # fixtures
from tests.cli.test_results import valid


def written(tmp_path, *targets):
    path = tmp_path / "targets.json"
    path.write_text(json.dumps(targets))
    return path


async def test_the_result_is_as_described(ask, device, tmp_path) -> None:  # noqa: F811
    path = written(tmp_path, {"name": "sw", "address": device, "community": "public"})
    done = await ask("discover", "--targets", path, "--json")
    found = valid("discover", done.out)
    assert (done.code, [one["name"] for one in found["devices"]]) == (0, ["sw"])


async def test_a_silent_target_is_3_by_name_and_the_rest_is_given(ask, device, tmp_path) -> None:  # noqa: F811
    good = {"name": "sw", "address": device, "community": "public"}
    path = written(tmp_path, good, {**good, "name": "dead", "community": "wrong"})
    words = ("--timeout", "0.05", "--retries", "0", "--json")
    done = await ask("discover", "--targets", path, *words)
    assert (done.code, len(json.loads(done.out)["devices"])) == (3, 1)
    assert "keten discover: dead: " in done.err


@pytest.mark.parametrize(
    ("targets", "cure"),
    [
        ([], "holds no list of targets"),
        ([{"name": "a", "address": "h"}], "target 1: `community` is missing"),
        ([{"name": "a", "address": "h:x", "community": "c"}], "HOST:PORT"),
        ([{"name": "a", "address": "h", "community": "c"}] * 2, "more than one target is called a"),
    ],
)
def test_a_wrong_file_is_2_and_names_place_and_cure(targets, cure, tmp_path, capsys) -> None:
    assert main(["discover", "--targets", str(written(tmp_path, *targets))]) == 2
    assert cure in capsys.readouterr().err
