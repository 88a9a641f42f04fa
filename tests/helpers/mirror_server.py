"""The folder of MIT-BIH records, and a server of its files that can simulate faults."""

import http.server
import os
import threading
from pathlib import Path


def mirror():
    """Return the folder that SKECG_MIRROR names."""
    return Path(os.environ["SKECG_MIRROR"])


class Server(http.server.ThreadingHTTPServer):
    """Server of a folder; `faults` maps file names to faults of the next requests."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder = None  # the mirror
        self.faults = {}
        self.requested = []
        self.may_continue = threading.Event()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.rsplit("/", 1)[1]
        self.server.requested.append(name)
        path = (self.server.folder or mirror()) / self.path.lstrip("/")
        if not path.exists():
            self.send_error(404)
            return
        body = path.read_bytes()
        faults = self.server.faults.get(name, [])
        fault = faults.pop(0) if faults else None
        if fault == "status 500":
            self.send_error(500)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if fault == "wrong bytes":
            body = body[::-1]
        elif fault == "truncated":
            body = body[: len(body) // 2]
            self.close_connection = True
        elif fault == "hangs":
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            threading.Event().wait(30)
            return
        elif fault == "waits":
            self.server.may_continue.wait(30)
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def address(server):
    return f"http://127.0.0.1:{server.server_port}"


def names_of_intact_files(folder):
    """Check that a folder's files equal those of the mirror; return their names."""
    files = sorted(folder.iterdir())
    for path in files:
        assert path.read_bytes() == (mirror() / "mitdb/1.0.0" / path.name).read_bytes()
    return [path.name for path in files]


def wait_until_requested(server, name, process):
    waiting = threading.Event()
    while process.poll() is None and name not in server.requested:
        waiting.wait(0.05)


def has_default_mode(path, tmp_path):
    """Return True if a file has the permissions of a newly created file."""
    new = tmp_path / "new"
    new.touch()
    return path.stat().st_mode == new.stat().st_mode
