"""The login in front of the board, in a real nginx on loopback: what may pass and what may not."""

from __future__ import annotations

import base64
import http.client
import socket
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.deploy.tools import ROOT
from tests.services import require

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

# What `openssl passwd -6 -salt regie geheim` gives.
HASH = (
    "$6$regie$"
    "z2IWCFQflX2CnSkQhGIIcTErS1v1P2sqrFjcZt4ogvowC6R4q.teBhDxxY.0xgILA55avzIrm7ztt6GYFIMOs."
)
PATIENCE_S = 2.0
"""Longest wait for an answer; the stream stays open for longer, so a held back event is missed."""
ROUNDABOUT = [
    "/health/../metrics",
    "/health/%2e%2e/metrics",
    "/health/..%2fmetrics",
    "//health/..//metrics",
    "/health/live/../../metrics",
    "/HEALTH/live",
    "/health",
]


class Service(BaseHTTPRequestHandler):
    """Stands in for the service: tells what arrived, and streams one event without ending."""

    arrived: list[tuple[str, str | None]]
    released: threading.Event

    def do_GET(self):
        type(self).arrived.append((self.path, self.headers["Authorization"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"data: first\n\n")
        self.wfile.flush()
        if self.path == "/events":
            type(self).released.wait(2 * PATIENCE_S)

    def log_message(self, *_):
        pass


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def configuration(directory, outside: int, inside: int) -> str:
    text = (ROOT / "helm/ketenmonitor/files/board.conf").read_text(encoding="utf-8")
    for right, here in {
        " /tmp/": f" {directory}/",
        "listen 8480": f"listen 127.0.0.1:{outside}",
        "127.0.0.1:8470": f"127.0.0.1:{inside}",
        "/run/secrets/board-users": str(directory / "users"),
    }.items():
        assert right in text
        text = text.replace(right, here)
    return "daemon off;\nmaster_process off;\n" + text


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    nginx = require("nginx")
    directory = tmp_path_factory.mktemp("board")
    (directory / "users").write_text(f"regie:{HASH}\n")
    Service.arrived, Service.released = [], threading.Event()
    service = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    port = free_port()
    (directory / "board.conf").write_text(configuration(directory, port, service.server_port))
    command = [nginx, "-e", directory / "error", "-p", directory, "-c", directory / "board.conf"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        wait_until_it_listens(process, port)
        yield port
    finally:
        Service.released.set()
        process.terminate()
        process.communicate(timeout=10)
        service.shutdown()
        service.server_close()


def wait_until_it_listens(process, port):
    pause = threading.Event()
    for _ in range(250):
        if process.poll() is not None:
            pytest.fail(process.stderr.read().decode())
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            pause.wait(0.02)
        else:
            return
    pytest.fail("nginx does not listen")


def get(port: int, path: str, login: str | None = None) -> tuple[int, bytes]:
    """Ask for a path as it is written, first line of the body included."""
    headers = (
        {"Authorization": "Basic " + base64.b64encode(login.encode()).decode()} if login else {}
    )
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.readline()
    finally:
        connection.close()


@pytest.mark.parametrize("path", ["/", "/metrics", "/events", "/api/v1/chains", *ROUNDABOUT])
@pytest.mark.parametrize("login", [None, "regie:fout", "iemand:geheim"])
def test_without_the_right_name_and_password_nothing_reaches_the_service(board, path, login):
    before = len(Service.arrived)
    assert get(board, path, login)[0] in {301, 401}
    assert len(Service.arrived) == before


def test_with_the_right_ones_it_does_and_the_password_stays_behind(board):
    assert get(board, "/metrics", "regie:geheim") == (200, b"data: first\n")
    assert Service.arrived[-1] == ("/metrics", None)


def test_health_needs_no_login(board):
    assert get(board, "/health/live")[0] == 200
    assert Service.arrived[-1][0] == "/health/live"


def test_an_event_comes_through_while_the_stream_goes_on(board):
    assert get(board, "/events", "regie:geheim") == (200, b"data: first\n")
