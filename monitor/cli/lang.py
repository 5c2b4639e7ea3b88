"""The option `--lang`: in which language a verb tells people its result."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

__all__ = ["add_language"]


def add_language(parser: argparse.ArgumentParser) -> None:
    """Let a verb be asked for its text in Dutch; JSON stays what it is."""
    parser.add_argument(
        "--lang", choices=("nl", "en"), default="en", help="language of the text (default: en)"
    )
