import json
from contextlib import nullcontext

import pytest

from benchmarks.speed import camera
from benchmarks.speed.__main__ import main
from benchmarks.speed.timings import Row
from fer_classic.exceptions import FerClassicError


class Socket:
    """Finds a face in every frame."""

    def __init__(self, answer=None):
        self.sent, self.answer = [], answer or {"faces": [{}]}

    def send(self, message):
        self.sent.append(message)

    def recv(self):
        return json.dumps(self.answer)


def test_each_frame_has_its_time():
    socket = Socket()
    seconds = camera.exchange(socket, [b"1", b"2"])
    assert socket.sent == [b"1", b"2"]
    assert len(seconds) == 2
    assert min(seconds) > 0


@pytest.mark.parametrize("answer", [{"faces": []}, {"error": "no"}])
def test_a_frame_without_its_answer_is_no_time(answer):
    with pytest.raises(FerClassicError, match="not recognized"):
        camera.exchange(Socket(answer), [b"1"])


def test_a_row_for_a_model(tmp_path, monkeypatch):
    socket = Socket()
    addresses = []
    monkeypatch.setattr(camera, "_N_FRAMES", 3)
    monkeypatch.setattr(camera, "running_service", lambda *_: nullcontext("http://here:1"))
    monkeypatch.setattr(
        "websockets.sync.client.connect",
        lambda address: addresses.append(address) or nullcontext(socket),
    )
    arguments = ["camera", "--output", str(tmp_path)]
    parts = {"camera": lambda args: camera.time_camera(1, models=("svm_fast",))}
    assert main(arguments, parts=parts) == 0
    (row,) = map(json.loads, (tmp_path / "speed.jsonl").read_text("utf-8").splitlines())
    assert addresses == ["ws://here:1/live"]
    assert json.loads(socket.sent[0]) == {"model": "svm_fast"}
    assert len(socket.sent) == 1 + 2 * 3
    assert row["shape"] == [3, 480, 640, 3]
    assert row == row | Row.from_record(row).as_record()
    assert "| a second | request |" in (tmp_path / "speed.md").read_text("utf-8")
