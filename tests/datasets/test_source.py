"""Source: URLs, and downloads that are bounded in size and time."""

import email.utils
import hashlib
import http.server
import threading
import time
import traceback
from datetime import UTC, datetime, timedelta

import pytest

from skecg.datasets import _source, fetch_mitdb
from skecg.datasets._source import Source

BODY = bytes(range(256)) * 40
FILE = {"size": len(BODY), "sha256": hashlib.sha256(BODY).hexdigest()}


class Handler(http.server.BaseHTTPRequestHandler):
    """Follow the script of the server, one entry for each request."""

    def do_GET(self):
        self.server.headers.append(dict(self.headers))
        script = self.server.script
        (script.pop(0) if script else Handler.good)(self)

    def good(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(BODY)

    def endless(self):
        """Send zeros for as long as the client reads, without a length."""
        self.send_response(200)
        self.end_headers()
        self.send_until_closed(bytes(1 << 20))

    def slow_body(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.send_until_closed(b"x", pause=0.02)

    def handle(self):
        if self.server.answers_tls:
            self.send_until_closed(b"\x16\x03\x03\x40\x00", pause=0.02)
        else:
            super().handle()

    def send_until_closed(self, piece, pause=0.0):
        # A client without limits would else read for ever.
        end = time.monotonic() + 20
        try:
            while not self.server.is_over.wait(pause) and time.monotonic() < end:
                self.wfile.write(piece)
                self.wfile.flush()
        except OSError:
            self.server.was_closed.set()
        self.close_connection = True

    def log_message(self, *_):
        pass


def status(code, retry_after=None):
    def send(self):
        self.send_response(code)
        if retry_after is not None:
            self.send_header("Retry-After", retry_after)
        self.send_header("Content-Length", "0")
        self.end_headers()

    return send


@pytest.fixture
def server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.script, server.headers, server.answers_tls = [], [], False
    server.is_over, server.was_closed = threading.Event(), threading.Event()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.is_over.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def waits(monkeypatch):
    """The waits between attempts, which the tests do not wait for."""
    waits = []
    monkeypatch.setattr(time, "sleep", waits.append)
    return waits


def source(server, user=""):
    return Source.from_url(f"HTTP://{user}127.0.0.1:{server.server_port}/")


def test_a_file_comes_whole(server, tmp_path):
    source(server).fetch("x", tmp_path / "folder" / "x", **FILE)
    assert (tmp_path / "folder" / "x").read_bytes() == BODY
    assert server.headers[0]["Accept-Encoding"] == "identity"


def test_no_more_than_the_published_size_is_written(server, tmp_path, waits):
    server.script = [Handler.endless]
    with pytest.raises(OSError, match=f"larger than {len(BODY)}"):
        source(server).fetch("x", tmp_path / "x", **FILE)
    assert server.was_closed.wait(30)
    assert list(tmp_path.iterdir()) == []
    assert waits == []


def test_a_slow_server_is_given_up(server, tmp_path, monkeypatch):
    monkeypatch.setattr(_source, "_BASE_SECONDS", 1)
    monkeypatch.setattr(_source, "_SLOWEST", 10**9)
    server.script = [Handler.slow_body]
    with pytest.raises(OSError, match="took longer than 1 s"):
        source(server).fetch("x", tmp_path / "x", **FILE)
    assert server.was_closed.wait(30)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("start", "piece", "is_proxy"),
    [
        (b"HTTP/1.0 200 O", b"K", False),
        (b"HTTP/1.0 200 OK\r\nX-Slow: ", b"x", False),
        (b"HTTP/1.0 200 OK\r\nX-Slow: ", b"x", True),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x", False),
    ],
    ids=["status", "header", "header of a proxy", "continue", "chunk"],
)
def test_slow_headers_are_given_up(
    server, tmp_path, monkeypatch, start, piece, is_proxy
):
    monkeypatch.setattr(_source, "_BASE_SECONDS", 1)
    monkeypatch.setattr(_source, "_SLOWEST", 10**9)

    def send(self):
        self.wfile.write(start)
        self.send_until_closed(piece, pause=0.02)

    server.script = [send]
    origin = source(server)
    if is_proxy:
        monkeypatch.setenv("http_proxy", origin.name)
        origin = Source.from_url("http://records.invalid")
    with pytest.raises(OSError, match="took longer than 1 s"):
        origin.fetch("x", tmp_path / "x", **FILE)
    assert server.was_closed.wait(30)
    assert len(server.headers) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_slow_tls_handshake_is_given_up(server, tmp_path, monkeypatch):
    monkeypatch.setattr(_source, "_BASE_SECONDS", 1)
    monkeypatch.setattr(_source, "_SLOWEST", 10**9)
    server.answers_tls = True
    origin = Source.from_url(f"https://127.0.0.1:{server.server_port}")
    with pytest.raises(OSError, match="took longer than 1 s"):
        origin.fetch("x", tmp_path / "x", **FILE)
    assert server.was_closed.wait(30)


def test_waits_that_the_server_asks_for_do_not_count(server, tmp_path, monkeypatch):
    monkeypatch.setattr(_source, "_BASE_SECONDS", 3)
    monkeypatch.setattr(time, "sleep", lambda _: threading.Event().wait(3.5))
    server.script = [status(503, "60")]
    source(server).fetch("x", tmp_path / "x", **FILE)
    assert (tmp_path / "x").read_bytes() == BODY


def test_retry_after_is_honoured(server, tmp_path, waits):
    date = email.utils.format_datetime(datetime.now(UTC) + timedelta(seconds=60))
    server.script = [status(429, "17"), status(503, date), status(503, "soon")]
    source(server).fetch("x", tmp_path / "x", **FILE)
    assert waits[0] == 17
    assert 0 < waits[1] <= 60
    assert len(waits) == 3  # The third is urllib3's own.


@pytest.mark.parametrize("code", [408, 500, 503])
def test_a_status_that_stays_is_named(server, tmp_path, waits, code):
    server.script = [status(code)] * 4
    with pytest.raises(OSError, match=f"status {code} [A-Z]"):
        source(server).fetch("x", tmp_path / "x", **FILE)
    assert server.script == []


def test_a_server_that_is_not_there_is_named(server, tmp_path, waits):
    url = f"http://me:s3cret@127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    with pytest.raises(OSError, match=r"127\.0\.0\.1.*Connection refused") as caught:
        Source.from_url(url).fetch("x", tmp_path / "x", **FILE)
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))
    assert list(tmp_path.iterdir()) == []


def test_a_long_retry_after_and_a_missing_file_are_final(server, tmp_path, waits):
    server.script = [status(503, "7200"), status(404)]
    with pytest.raises(OSError, match=r"status 503 .* more than 120 s"):
        source(server).fetch("x", tmp_path / "x", **FILE)
    with pytest.raises(OSError, match="status 404 Not Found"):
        source(server).fetch("x", tmp_path / "x", **FILE)
    assert waits == []


def test_credentials_are_sent_and_appear_in_no_message(server, tmp_path, waits):
    private = source(server, "me:s%2Fecret@")
    private.fetch("x", tmp_path / "x", **FILE)
    assert server.headers[0]["Authorization"] == "Basic bWU6cy9lY3JldA=="
    assert "ecret" not in repr(private)
    server.script = [status(401)]
    url = f"http://me:s3cret@127.0.0.1:{server.server_port}"
    with pytest.raises(OSError, match=r"127\.0\.0\.1.*status 401") as caught:
        fetch_mitdb(["100"], data_home=tmp_path, base_url=url)
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))
    for wrong in ("ftp://me:s3cret@host", "http://me:s3c/ret@:x", "http://me:s3cret@"):
        with pytest.raises(ValueError, match="base_url") as refused:
            fetch_mitdb(["100"], data_home=tmp_path, base_url=wrong)
        assert "s3c" not in str(refused.value)


def test_credentials_are_not_sent_to_another_server(server, tmp_path):
    def redirect(self):
        self.send_response(302)
        self.send_header("Location", f"http://localhost:{server.server_port}/x")
        self.end_headers()

    server.script = [redirect]
    source(server, "me:secret@").fetch("x", tmp_path / "x", **FILE)
    assert ["Authorization" in headers for headers in server.headers] == [True, False]


def test_urls_and_paths_of_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("httpdocs", "http", "my data", "a:b"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "x").write_bytes(BODY)
        url = folder.as_uri()
        for place in (name, folder, url, url.replace("file://", "FILE://")):
            Source.from_url(place).fetch("x", tmp_path / "copy", **FILE)
            assert (tmp_path / "copy").read_bytes() == BODY
            (tmp_path / "copy").unlink()
    for place in ("https://host/a/", "HTTPS://host/a"):
        assert Source.from_url(place).name == "https://host/a"
    for place in ("nowhere", "file:///nowhere", "file://host/tmp", "http:", "http://"):
        with pytest.raises(ValueError, match="an existing folder, got"):
            Source.from_url(place)


def test_a_file_that_cannot_be_written_is_not_asked_for_again(server, tmp_path, waits):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "y").touch()
    with pytest.raises(OSError, match="directory"):
        source(server).fetch("x", tmp_path / "x", **FILE)
    assert waits == []
