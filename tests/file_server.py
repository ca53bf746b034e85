"""A local server that publishes a model file, and can do so badly."""

import hashlib
import http.server
import threading
from contextlib import contextmanager
from dataclasses import replace

from fer_classic.faces import MODEL_FILES

CONTENT = bytes(range(256)) * 400


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/whole")
            self.end_headers()
            return
        if self.path in ("/gone", "/failed"):
            self.send_error(404 if self.path == "/gone" else 500)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        content = {"/other": CONTENT[::-1], "/torn": CONTENT[:5000]}.get(self.path, CONTENT)
        self.wfile.write(content)

    def log_message(self, *args):
        pass


@contextmanager
def serving():
    """Serve in the background; ``asked`` are the paths that were asked for."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.asked = []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def publish(detector, server, monkeypatch, cache):
    """Let the file of a detector be what the server has under /whole; gives its address."""
    server.asked.clear()
    address = f"http://127.0.0.1:{server.server_port}"
    file = replace(
        MODEL_FILES[detector],
        address=f"{address}/whole",
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        bytes=len(CONTENT),
    )
    monkeypatch.setitem(MODEL_FILES, detector, file)
    monkeypatch.setenv("FER_CLASSIC_CACHE", str(cache))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return address
