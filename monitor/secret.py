"""References to secrets turned into secrets: from the environment or from a file, never from YAML.

Nothing here shows a value: not in a message, not in a repr.
"""

from __future__ import annotations

import ipaddress
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from probes.port import Secret
from topology.catalogue.shape import Key, Record, Scalar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from topology.catalogue.reading import Path as Where
    from topology.catalogue.reading import Reading

__all__ = ["SECRET", "URL", "Reference", "Vault", "check_modes", "is_loopback"]

_CURE = "write {env: NAME} or {file: PATH}"
_MAX_BYTES = 64 * 1024
_PATTERN = r"[A-Za-z_][A-Za-z0-9_]*"


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a secret is kept.

    Args:
        env: Name of an environment variable, or None.
        file: Path of a file, relative to the catalogue directory, or None.
        plain: A value that is no secret (the address of something on this machine), or None.
    """

    env: str | None = None
    file: str | None = None
    plain: str | None = None


class _Name:
    """The name of an environment variable; a wrong one is not shown, it may be the secret itself."""

    word = "the name of an environment variable"

    def read(self, value: object, path: Where, into: Reading) -> object:
        """Turn text into a name."""
        import re

        if isinstance(value, str) and re.fullmatch(_PATTERN, value):
            return value
        return into.error(path, "bad-value", f"not {self.word}; letters, digits and _")

    def schema(self) -> dict[str, object]:
        """Describe the name."""
        return {"type": "string", "pattern": f"^{_PATTERN}$"}


_FILE = Scalar("the path of a file", r"[^\0]{1,4096}", str)
_PARTS = Record(
    "a secret",
    {
        "env": Key(_Name(), "Name of the environment variable that holds it."),
        "file": Key(_FILE, "Path of the file that holds it, relative to the catalogue directory."),
    },
)


class _SecretShape:
    """A reference to a secret; a literal is refused without being repeated."""

    word = "a reference to a secret"

    def read(self, value: object, path: Where, into: Reading) -> object:
        """Turn a mapping into a Reference."""
        if not isinstance(value, dict):
            what = "a secret may not stand in the files"
            return into.error(path, "literal-secret", f"{what}; {_CURE}")
        parts = _PARTS.read(value, path, into)
        if not isinstance(parts, dict) or len(parts) != 1:
            return into.error(path, "secret-form", f"one place for a secret; {_CURE}")
        return Reference(**parts)

    def schema(self) -> dict[str, object]:
        """Describe the reference."""
        return {**_PARTS.schema(), "minProperties": 1, "maxProperties": 1}


class _UrlShape:
    """A reference to a URL, or the URL itself where it leads to this machine."""

    word = "a reference to a URL, or an http(s) URL on loopback"

    def read(self, value: object, path: Where, into: Reading) -> object:
        """Turn text or a mapping into a Reference."""
        if not isinstance(value, str):
            return SECRET.read(value, path, into)
        try:
            parts = urlsplit(value)
            near = parts.scheme in ("http", "https") and is_loopback(parts.hostname or "")
        except ValueError:
            near = False
        if not near:
            what = "the URL of another machine often holds a token and may not stand in the files"
            return into.error(path, "literal-secret", f"{what}; {_CURE}")
        return Reference(plain=value)

    def schema(self) -> dict[str, object]:
        """Describe the forms."""
        return {"anyOf": [SECRET.schema(), {"type": "string", "pattern": "^https?://"}]}


SECRET = _SecretShape()
URL = _UrlShape()


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address can only mean this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Vault:
    """Opens references; every one that cannot be opened is noted, with its place and never its value."""

    def __init__(self, directory: Path, environ: Mapping[str, str], into: Reading) -> None:
        self._directory = directory
        self._environ = environ
        self._into = into

    def open(self, reference: Reference, path: Where) -> Secret:
        """Turn a reference into the secret, or into an empty one with the problem noted."""
        if reference.plain is not None:
            return Secret(reference.plain)
        if reference.env is not None:
            return self._checked(self._environ.get(reference.env), reference.env, path)
        return self._file(self._directory / str(reference.file), path)

    def _checked(self, value: str | None, name: str, path: Where) -> Secret:
        if not value:
            what = "not set" if value is None else "empty"
            self._into.error(
                path, "no-secret", f"environment variable {name} is {what}; set it for this process"
            )
        return Secret(value or "")

    def _file(self, file: Path, path: Where) -> Secret:
        try:
            with file.open("rb") as opened:
                raw = opened.read(_MAX_BYTES + 1)
                mode = file.stat().st_mode
            value = raw.decode("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            self._into.error(path, "no-secret", f"secret file {file} cannot be read: {reason}")
            return Secret("")
        if not value or len(raw) > _MAX_BYTES:
            what = "is empty" if not value else "is larger than any secret"
            self._into.error(path, "no-secret", f"secret file {file} {what}; put the secret in it")
        _check_mode(file, mode, path, self._into)
        return Secret(value)


def check_modes(read: object, path: Where, directory: Path, into: Reading) -> None:
    """Note every secret file that is there and that everybody may read or write; opens none."""
    if isinstance(read, Reference) and read.file is not None:
        file = directory / read.file
        if file.exists():
            _check_mode(file, file.stat().st_mode, path, into)
    elif isinstance(read, dict):
        for name, value in read.items():
            check_modes(value, (*path, name), directory, into)
    elif isinstance(read, tuple):
        for index, value in enumerate(read):
            check_modes(value, (*path, index), directory, into)


def _check_mode(file: Path, mode: int, path: Where, into: Reading) -> None:
    if mode & (stat.S_IROTH | stat.S_IWOTH):
        what = f"secret file {file} is open to everybody; chmod 600 {file}"
        into.note(path, "warning", "secret-mode", what)
