"""One tree of errors, whose branch decides what to do; every problem has a place and words."""

from __future__ import annotations

import inspect
import re

from events import errors
from events.errors import ConfigError, KetenError, PermanentError, Problem, TransientError


def ours():
    return [
        each
        for _, each in inspect.getmembers(errors, inspect.isclass)
        if issubclass(each, Exception) and each.__module__ == errors.__name__
    ]


def test_every_error_stands_in_the_tree_that_the_module_draws():
    drawn = set(re.findall(r"\+-- (\w+)", errors.__doc__))
    assert drawn | {"KetenError"} == {each.__name__ for each in ours()}


def test_every_error_descends_from_the_one_root_and_is_exported():
    assert all(issubclass(each, KetenError) for each in ours())
    assert {each.__name__ for each in ours()} <= set(errors.__all__)


def test_no_error_is_both_worth_and_not_worth_another_try():
    assert not [
        each
        for each in ours()
        if issubclass(each, TransientError) and issubclass(each, PermanentError)
    ]


def test_a_configuration_error_lists_every_problem_with_its_place():
    problems = [
        Problem("a.yaml", 3, 7, "error", "unknown-key", "no key `chians`; did you mean `chains`?"),
        Problem("b.yaml", 1, 1, "error", "missing", "no `version`; write `version: 1`"),
    ]
    error = ConfigError(problems)
    assert str(error).splitlines() == [
        "a.yaml:3:7: error[unknown-key] no key `chians`; did you mean `chains`?",
        "b.yaml:1:1: error[missing] no `version`; write `version: 1`",
    ]
    assert error.problems == tuple(problems)


def test_a_configuration_error_of_the_command_line_needs_no_place():
    assert str(ConfigError("give --output DIR")) == "give --output DIR"
