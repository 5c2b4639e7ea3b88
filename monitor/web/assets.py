"""The files of `static/` under names that hold a hash of their content, so that they may be kept for ever."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from importlib.resources import files

__all__ = ["Asset", "Assets"]

TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served."""

    content_type: str
    body: bytes
    packed: bytes


class Assets:
    """All static files, in memory.

    Attributes:
        build: A hash over all of them and the templates: another one means another board.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._served: dict[str, Asset] = {}
        whole = hashlib.sha256()
        folder = files("monitor.web")
        for file in sorted((folder / "static").iterdir(), key=lambda file: file.name):
            stem, _, suffix = file.name.rpartition(".")
            if suffix in TYPES:
                body = file.read_bytes()
                whole.update(body)
                name = f"{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{suffix}"
                self._names[file.name] = name
                # The same bytes at every start: no time stamp in the header.
                self._served[name] = Asset(TYPES[suffix], body, gzip.compress(body, mtime=0))
        for file in sorted((folder / "templates").iterdir(), key=lambda file: file.name):
            whole.update(file.read_bytes())
        self.build = whole.hexdigest()[:12]

    def url(self, name: str) -> str:
        """Turn `board.css` into the path where this content of it is served."""
        return f"/static/{self._names[name]}"

    def get(self, served: str) -> Asset | None:
        """Find a file by the name under which it is served."""
        return self._served.get(served)
