"""The documentation says what the code does: pages written from code are current, names exist."""

from __future__ import annotations

import re

import pytest

from tests.reference import PAGES, ROOT


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_is_what_the_code_says(name):
    assert (ROOT / name).read_text(encoding="utf-8") == PAGES[name](), (
        f"{name} is not current: run `python -m tests.reference`"
    )


def test_every_key_of_every_event_says_what_it_means():
    empty = re.findall(r"^\| `(\w+)` \|.*\|  \|$", PAGES["docs/events.md"](), re.MULTILINE)
    assert not empty


def test_every_link_between_our_pages_leads_somewhere():
    missing = []
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        missing += [
            f"{page.relative_to(ROOT)} -> {target}"
            for target in targets
            if "://" not in target and not (page.parent / target).exists()
        ]
    assert not missing
