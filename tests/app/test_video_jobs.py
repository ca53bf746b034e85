"""The job of a video, without a server."""

import csv
import json
import shutil
import threading

import cv2
import numpy as np
import pytest

from fer_classic.app._video_jobs import VideoJob
from fer_classic.live import StreamRecognizer
from tests.app.clips import BLACK, PICTURE, write_video


@pytest.fixture
def stream(models):
    return StreamRecognizer(models.recognizer("bright"))


@pytest.fixture
def make_job(tmp_path, stream):
    def make(*frames, content=None, **options):
        path = tmp_path / "video"
        content = write_video(tmp_path / "v.avi", *frames) if frames else content
        path.write_bytes(content)
        return VideoJob(path, options.pop("stream", stream), name="me.avi", **options)

    return make


def test_a_video_becomes_a_table_a_summary_and_a_copy(make_job, tmp_path):
    job = make_job(*[PICTURE] * 12)
    assert job.progress() == {
        "state": "queued",
        "frames": 0,
        "progress": None,
        "seconds_left": None,
    }
    job.run()
    done = {"state": "done", "frames": 12, "progress": 1.0, "seconds_left": 0.0}
    assert job.progress() == done
    summary = job.summary()
    assert summary["seconds"] == pytest.approx(1.2)
    happy, sad = summary["people"]
    assert (happy["id"], happy["expression"], happy["shares"]["happy"]) == (1, "happy", 1.0)
    assert happy["scores"]["happy"] == pytest.approx(0.88, abs=0.01)
    assert (sad["expression"], sad["frames"], sad["last_seen"]) == ("sad", 12, pytest.approx(1.2))
    assert [run["id"] for run in summary["timeline"]] == [1, 2]
    assert json.loads(json.dumps(summary)) == summary
    with open(tmp_path / "table.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    table = json.loads((tmp_path / "table.json").read_text())
    assert len(rows) == len(table) == 24
    assert [row["expression"] for row in table] == [row["expression"] for row in rows]
    copy = cv2.VideoCapture(str(tmp_path / "annotated.mp4"))
    assert copy.get(cv2.CAP_PROP_FRAME_COUNT) == 12
    copy.release()
    assert not (tmp_path / "video").exists()
    assert not (tmp_path / "table.jsonl").exists()


def test_the_copy_keeps_the_sound(make_job, tmp_path):
    av = pytest.importorskip("av", reason="sound needs fer-classic[video]")
    with av.open(str(tmp_path / "v.mkv"), "w") as file:
        video, audio = file.add_stream("mpeg4", rate=10), file.add_stream("aac", rate=48000)
        video.width, video.height, video.pix_fmt = 80, 40, "yuv420p"
        for _ in range(5):
            file.mux(video.encode(av.VideoFrame.from_ndarray(PICTURE, format="bgr24")))
        silence = av.AudioFrame.from_ndarray(
            np.zeros((1, 24000), np.int16), format="s16", layout="mono"
        )
        silence.sample_rate = 48000
        for stream, rest in ((audio, silence), (audio, None), (video, None)):
            file.mux(stream.encode(rest))
    job = make_job(content=(tmp_path / "v.mkv").read_bytes())
    job.run()
    assert job.progress()["state"] == "done"
    with av.open(str(tmp_path / "annotated.mp4")) as copy:
        assert [stream.type for stream in copy.streams] == ["video", "audio"]


def test_a_video_without_faces_ends_with_a_sentence(make_job, tmp_path):
    job = make_job(*[BLACK] * 3)
    job.run()
    assert job.progress()["state"] == "done"
    assert job.progress()["message"] == "no face was found in the 3 frames of me.avi."
    assert job.summary()["people"] == job.summary()["timeline"] == []
    (first, *_) = json.loads((tmp_path / "table.json").read_text())
    assert first["expression"] == "no face"


def test_a_broken_video_fails_with_a_sentence_that_has_no_path(make_job, tmp_path):
    job = make_job(content=b"RIFF....AVI LIST")
    job.run()
    assert job.progress()["state"] == "failed"
    assert job.progress()["error"] == "me.avi is not a video that OpenCV can decode."
    assert str(tmp_path) not in str(job.progress())
    assert not (tmp_path / "video").exists()


@pytest.mark.filterwarnings("ignore:.*me.avi|.*video.*:UserWarning")
def test_what_is_missing_of_a_video_is_said(make_job, tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (20, *PICTURE.shape), np.uint8)
    whole = write_video(tmp_path / "whole.avi", *noise)
    job = make_job(content=whole[: len(whole) // 2])
    job.run()
    assert job.progress()["state"] == "done"
    assert "me.avi" in job.progress()["message"]
    assert str(tmp_path) not in job.progress()["message"]


def test_an_error_of_the_program_is_no_silence(make_job, caplog):
    class Stream:
        classes = ("happy", "sad")

        def recognize(self, frame):
            raise TypeError("oops")

    job = make_job(PICTURE, stream=Stream())
    job.run()
    assert job.progress()["state"] == "failed"
    assert "the program failed on me.avi (TypeError)" in job.progress()["error"]
    assert "oops" in caplog.text


def test_cancelling_before_the_start(make_job, tmp_path):
    job = make_job(PICTURE)
    job.cancel()
    job.run()
    assert job.progress()["state"] == "cancelled"
    assert not (tmp_path / "table.csv").exists()


def test_what_is_cancelled_leaves_nothing_even_if_it_ends_late(make_job, tmp_path, monkeypatch):
    monkeypatch.setattr("fer_classic.app._video_jobs._CANCEL_TIMEOUT", 0.0)

    class Stream:
        classes = ("happy", "sad")

        def recognize(self, frame):
            job.cancel()
            shutil.rmtree(tmp_path)
            return []

    job = make_job(*[PICTURE] * 2, stream=Stream())
    job.run()
    assert job.state in ("cancelled", "failed")
    assert not tmp_path.exists()


def test_cancelling_waits_for_the_frame_that_is_worked_on(make_job):
    begun, cancelled = threading.Event(), threading.Event()

    class Stream:
        classes = ("happy", "sad")

        def recognize(self, frame):
            begun.set()
            cancelled.wait(5)
            return []

    job = make_job(*[PICTURE] * 5, stream=Stream())
    thread = threading.Thread(target=job.run)
    thread.start()
    assert begun.wait(5)
    threading.Timer(0.05, cancelled.set).start()
    job.cancel()
    assert (job.progress()["state"], job.n_frames) == ("cancelled", 1)
    assert job.is_over
    thread.join()


def test_the_time_that_is_left_follows_from_the_frames_that_are_done(make_job):
    times, seen = iter(range(0, 1000, 10)), []

    class Stream:
        classes = ("happy", "sad")

        def recognize(self, frame):
            seen.append(job.progress())
            return []

    job = make_job(*[PICTURE] * 4, stream=Stream(), clock=lambda: float(next(times)))
    job.run()
    assert [each["progress"] for each in seen] == [0.0, 0.25, 0.5, 0.75]
    assert seen[0]["seconds_left"] is None
    # Clock: 10 at the start, then 10 more whenever it is asked.
    assert [each["seconds_left"] for each in seen[1:]] == [30.0, 20.0, 10.0]
