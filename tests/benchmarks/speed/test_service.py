import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks.speed import service
from benchmarks.speed.__main__ import main
from benchmarks.speed.timings import Row
from fer_classic.exceptions import ServerError


class Handler(BaseHTTPRequestHandler):
    """Finds a face in every photo but in each fifth, which is lost in one way or another."""

    protocol_version = "HTTP/1.1"
    numbers = iter(range(10**6))

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        number = next(self.numbers)
        if number % 10 == 9:
            self.close_connection = True
            return
        self.answer(503 if number % 10 == 4 else 200, b'{"images":[{"faces":[{}]}]}')

    def do_GET(self):
        self.answer(200, b"fer_classic_resident_memory_bytes 1000\n")

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def address(monkeypatch):
    monkeypatch.setattr(Handler, "numbers", iter(range(10**6)))
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_lost_requests_are_counted(address):
    load = service.ask(address, b"photo", 3, 20)
    assert load.n_lost == 4
    assert len(load.latencies) == 16
    assert 0 < min(load.latencies) <= max(load.latencies) <= load.seconds


def test_a_row_for_each_number_of_clients(address, tmp_path, monkeypatch):
    class Running:
        def __init__(self, *arguments):
            assert arguments == ("serve", "--parallel", "2")

        def __enter__(self):
            return address

        def __exit__(self, *exc_info):
            return None

    monkeypatch.setattr(service, "running_service", Running)

    def part(args):
        arguments = ("--parallel", "2")
        return service.time_service(1, args.n_requests, clients=(1, 2), arguments=arguments)

    arguments = ["service", "--n-requests", "50", "--output", str(tmp_path)]
    assert main(arguments, parts={"service": part}) == 0
    rows = [json.loads(line) for line in (tmp_path / "speed.jsonl").read_text("utf-8").splitlines()]
    assert [row["subject"] for row in rows] == ["1 client", "2 clients", "4 clients, 50 requests"]
    assert [row["lost"] for row in rows] == [1, 1, 10]
    assert rows[2]["memory"] == rows[2]["memory_against"] == 0
    assert all(row == row | Row.from_record(row).as_record() for row in rows)
    page = (tmp_path / "speed.md").read_text("utf-8")
    assert "| a second | request | lost | memory |" in page


def test_a_service_that_does_not_start():
    with (
        pytest.raises(ServerError, match="does not start: fer-classic: error: unknown bundled"),
        service.running_service("serve", "--model", "nothing"),
    ):
        pass
