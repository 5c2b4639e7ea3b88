from __future__ import annotations

import stat

import pytest

from tests.services import __main__ as setup
from tests.services import debian, find, require


def part(ready: bool, fetch=lambda: None) -> setup.Part:
    return setup.Part("a thing", lambda: ready, fetch, "do this")


def refuse() -> None:
    raise debian.Unavailable("there is none")


def test_a_tool_of_this_environment_is_found_without_a_search_path(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert find("pytest") is not None
    assert find("no-such-tool") is None


def test_a_browser_is_found_by_another_of_its_names(monkeypatch, tmp_path):
    program = tmp_path / "google-chrome"
    program.write_text("")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find("chromium") == program


def test_a_missing_tool_skips_the_test_and_in_ci_fails_it(monkeypatch):
    monkeypatch.setenv("CI", "")
    with pytest.raises(
        pytest.skip.Exception, match="no-such-tool is not available here; run `make services`"
    ):
        require("no-such-tool")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no-such-tool"):
        require("no-such-tool")


def test_a_part_that_is_ready_is_not_fetched_again_and_says_nothing(capsys):
    assert setup.prepare(part(ready=True, fetch=refuse))
    assert capsys.readouterr().out == ""


def test_a_part_that_cannot_be_had_is_named_with_its_reason_and_cure(capsys):
    assert not setup.prepare(part(ready=False, fetch=refuse))
    said = capsys.readouterr().out
    assert "skipped: a thing is not available here (there is none). To have it: do this." in said


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("false", 0), ("true", 1)])
def test_what_cannot_be_had_is_an_error_in_ci_only(monkeypatch, capsys, ci, code):
    monkeypatch.setenv("CI", ci)
    assert setup.main([part(ready=True), part(ready=False, fetch=refuse)]) == code
    assert "services: 1 of 2 parts ready" in capsys.readouterr().out


def test_a_program_that_fails_gives_its_last_line_as_the_reason():
    with pytest.raises(debian.Unavailable, match="sh failed: because"):
        debian.run("sh", "-c", "echo first >&2; echo because >&2; exit 3")
    with pytest.raises(debian.Unavailable, match="no-such-tool did not run"):
        debian.run("no-such-tool")


def test_a_system_without_apt_is_told_so(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(debian.Unavailable, match="no Debian-like system"):
        debian.unpack("prometheus", "promtool")
