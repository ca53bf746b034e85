"""Very many photos: a folder of tables, by several processes, resumed."""

import json
import os
import shutil

import cv2
import numpy as np
import pytest
from joblib import parallel_config
from skimage.data import astronaut

from fer_classic.exceptions import OutputExistsError, SinkError
from fer_classic.live import (
    PhotoTable,
    Recognizer,
    StreamRecognizer,
    TableSink,
    VideoSource,
    _batch,
    recognize_in_parts,
    recognize_photos,
    recognize_videos,
    run_live,
)
from fer_classic.live._batch import recognize_in_blocks

pandas = pytest.importorskip("pandas")
pytest.importorskip("pyarrow")

FACE = np.ascontiguousarray(astronaut()[:256, 100:356, ::-1])


@pytest.fixture
def photos(tmp_path):
    paths = [tmp_path / f"photo{number}.png" for number in range(5)]
    for path in paths[:3]:
        cv2.imwrite(str(path), FACE)
    cv2.imwrite(str(paths[3]), np.zeros((64, 64), np.uint8))
    paths[4].write_bytes(b"no image")
    return paths


@pytest.fixture
def recognizer(fitted_model):
    return Recognizer(fitted_model)


def read(folder):
    table = pandas.read_parquet(folder)
    return table.sort_values(["photo", "face"]).reset_index(drop=True)


def test_parts_are_the_table_of_all_photos(photos, recognizer, tmp_path):
    counts = recognize_in_parts(photos, recognizer, tmp_path / "parts", part_size=2)
    assert (counts.n_photos, counts.n_faces, counts.n_unreadable) == (5, 3, 1)
    assert "photo4.png is not an image" in counts.problems[0]
    names = sorted(path.name for path in (tmp_path / "parts").iterdir())
    assert names == ["_parts.json", *(f"part-0000{k}.parquet" for k in range(3))]
    with PhotoTable(tmp_path / "whole.parquet", recognizer.classes) as table:
        for result in recognize_photos(photos, recognizer):
            table.write(result.photo, result.faces, error=result.error)
    pandas.testing.assert_frame_equal(read(tmp_path / "parts"), read(tmp_path / "whole.parquet"))


def test_processes_change_nothing(photos, recognizer, tmp_path):
    done = []
    recognize_in_parts(photos, recognizer, tmp_path / "one", part_size=2)
    with parallel_config("loky", n_jobs=2):
        counts = recognize_in_parts(
            photos, recognizer, tmp_path / "two", part_size=2, report=done.append
        )
    pandas.testing.assert_frame_equal(read(tmp_path / "one"), read(tmp_path / "two"))
    assert counts.n_photos == sum(done) == 5


def test_missing_parts_are_done_when_resumed(photos, recognizer, tmp_path, monkeypatch):
    folder, done, blocks = tmp_path / "parts", [], []
    whole = recognize_in_parts(photos, recognizer, folder, part_size=2)
    expected = read(folder)
    (folder / "part-00001.parquet").unlink()
    work = _batch._work
    monkeypatch.setattr(_batch, "_work", lambda *args: blocks.append(args[1]) or work(*args))
    counts = recognize_in_parts(
        photos, recognizer, folder, part_size=2, resume=True, report=done.append
    )
    assert blocks == [photos[2:4]]
    assert counts == whole
    assert sorted(done) == [1, 2, 2]
    pandas.testing.assert_frame_equal(read(folder), expected)


def test_an_interrupted_run_leaves_whole_parts(photos, recognizer, tmp_path):
    folder = tmp_path / "parts"

    def stop(n_photos):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recognize_in_parts(photos, recognizer, folder, part_size=2, report=stop)
    assert sorted(os.listdir(folder)) == ["_parts.json", "part-00000.parquet"]
    assert recognize_in_parts(photos, recognizer, folder, part_size=2, resume=True).n_photos == 5


def test_parts_are_not_replaced(photos, recognizer, tmp_path):
    recognize_in_parts(photos[:1], recognizer, tmp_path / "parts")
    with pytest.raises(OutputExistsError, match=r"has parts of a table .* resume=True"):
        recognize_in_parts(photos[:1], recognizer, tmp_path / "parts")


@pytest.mark.parametrize(
    ("n_photos", "part_size", "changed"),
    [(2, 2, "n_photos, photos"), (3, 1, "part_size")],
)
def test_parts_of_other_work_are_not_continued(
    n_photos, part_size, changed, photos, recognizer, tmp_path
):
    recognize_in_parts(photos[:3], recognizer, tmp_path / "parts", part_size=2)
    with pytest.raises(SinkError, match=rf"of other work \({changed} differ\)"):
        recognize_in_parts(
            photos[:n_photos], recognizer, tmp_path / "parts", part_size=part_size, resume=True
        )


@pytest.mark.parametrize(
    ("settings", "changed"),
    [
        ({"detector": "haar"}, "detector"),
        ({"views": "flip", "upright": False}, "views, upright"),
        ({"min_probability": 0.7}, "min_probability"),
    ],
)
def test_parts_with_other_settings_are_not_continued(
    settings, changed, photos, recognizer, tmp_path
):
    recognize_in_parts(photos[:3], recognizer, tmp_path / "parts", part_size=2)
    other = Recognizer(recognizer.model, card=recognizer.card, **settings)
    with pytest.raises(SinkError, match=rf"of other work \({changed} differ\)"):
        recognize_in_parts(photos[:3], other, tmp_path / "parts", part_size=2, resume=True)


@pytest.mark.parametrize("content", ["", "[", "[1]", "{}"])
def test_a_damaged_plan(content, photos, recognizer, tmp_path):
    recognize_in_parts(photos[:3], recognizer, tmp_path / "parts")
    (tmp_path / "parts" / "_parts.json").write_text(content)
    with pytest.raises(SinkError, match="cannot be resumed"):
        recognize_in_parts(photos[:3], recognizer, tmp_path / "parts", resume=True)


def test_the_plan_names_no_photo(photos, recognizer, tmp_path):
    recognize_in_parts(photos[:1], recognizer, tmp_path / "parts")
    plan = json.loads((tmp_path / "parts" / "_parts.json").read_text())
    assert plan["n_photos"] == 1
    assert str(tmp_path) not in json.dumps(plan)


@pytest.mark.parametrize("keep_images", [True, False])
def test_blocks_are_the_photos_in_order(keep_images, photos, recognizer, monkeypatch):
    monkeypatch.setattr(_batch, "_BLOCK", 2)
    found = list(recognize_in_blocks(photos, recognizer, keep_images=keep_images))
    expected = list(recognize_photos(photos, recognizer))
    for ours, theirs in zip(found, expected, strict=True):
        assert (ours.photo, ours.faces, ours.error) == (theirs.photo, theirs.faces, theirs.error)
        assert (ours.image is not None) == (keep_images and theirs.image is not None)


class TestVideos:
    @pytest.fixture
    def videos(self, tmp_path):
        paths = [tmp_path / f"clip{number}.avi" for number in range(3)]
        for number, path in enumerate(paths[:2]):
            codec = cv2.VideoWriter_fourcc(*"MJPG")
            video = cv2.VideoWriter(str(path), codec, 10, FACE.shape[1::-1])
            for _ in range(3 + number):
                video.write(FACE)
            video.release()
        paths[2].write_bytes(b"no video")
        return paths

    @pytest.fixture
    def recognizer(self, recognizer):
        return StreamRecognizer(recognizer)

    def test_each_has_the_table_of_its_own(self, videos, recognizer, tmp_path):
        done = {
            video: rest for video, *rest in recognize_videos(videos, recognizer, tmp_path / "t")
        }
        assert done[str(videos[0])] == [3, None]
        assert done[str(videos[1])] == [4, None]
        n_frames, problem = done[str(videos[2])]
        assert n_frames == 0
        assert "clip2.avi" in problem
        assert sorted(os.listdir(tmp_path / "t")) == ["clip0.parquet", "clip1.parquet"]
        for path in videos[:2]:
            with TableSink(tmp_path / "alone.parquet", recognizer.classes, overwrite=True) as sink:
                run_live(VideoSource(path), StreamRecognizer(recognizer.recognizer), sink)
            pandas.testing.assert_frame_equal(
                pandas.read_parquet(tmp_path / "t" / f"{path.stem}.parquet"),
                pandas.read_parquet(tmp_path / "alone.parquet"),
            )

    def test_those_with_a_table_are_passed_over(self, videos, recognizer, tmp_path):
        list(recognize_videos(videos[:1], recognizer, tmp_path / "t"))
        with pytest.raises(OutputExistsError, match=r"clip0.parquet exists.* resume=True"):
            list(recognize_videos(videos[:2], recognizer, tmp_path / "t"))
        done = list(recognize_videos(videos[:2], recognizer, tmp_path / "t", resume=True))
        assert done == [(str(videos[1]), 4, None)]
        again = list(recognize_videos(videos[:2], recognizer, tmp_path / "t", overwrite=True))
        assert len(again) == 2

    def test_tables_with_other_settings_are_not_added_to(self, videos, recognizer, tmp_path):
        list(recognize_videos(videos[:1], recognizer, tmp_path / "t"))
        other = StreamRecognizer(recognizer.recognizer, smoothing="none", window=3)
        with pytest.raises(SinkError, match=r"of other work \(smoothing, window differ\)"):
            list(recognize_videos(videos[:2], other, tmp_path / "t", resume=True))
        assert len(list(recognize_videos(videos[:2], other, tmp_path / "t", overwrite=True))) == 2

    def test_a_stopped_replacement_does_not_mix_settings(self, videos, recognizer, tmp_path):
        folder = tmp_path / "t"
        list(recognize_videos(videos[:2], recognizer, folder))
        other = StreamRecognizer(recognizer.recognizer, detect_every=2)
        replacing = recognize_videos(videos[:2], other, folder, overwrite=True)
        next(replacing)
        replacing.close()
        # The first table is of the other settings now, and the second of the earlier ones.
        for stream, first in ((other, "clip1"), (recognizer, "clip0")):
            with pytest.raises(SinkError, match=rf"{first}.parquet is .* \(detect_every differ\)"):
                recognize_videos(videos[:2], stream, folder, resume=True)
        assert len(list(recognize_videos(videos[:2], other, folder, overwrite=True))) == 2
        assert list(recognize_videos(videos[:2], other, folder, resume=True)) == []

    @pytest.mark.parametrize("content", [b"", b"no table", None])
    def test_a_table_of_unknown_settings_is_not_added_to(
        self, content, videos, recognizer, tmp_path
    ):
        path = tmp_path / "t" / "clip0.parquet"
        path.parent.mkdir()
        if content is None:
            pandas.DataFrame({"frame": [0]}).to_parquet(path)
        else:
            path.write_bytes(content)
        before = path.read_bytes()
        with pytest.raises(SinkError, match=r"clip0.parquet is of other work \(schema, classes"):
            recognize_videos(videos[:2], recognizer, path.parent, resume=True)
        assert path.read_bytes() == before
        assert os.listdir(path.parent) == [path.name]

    def test_a_video_of_the_same_name_is_not_taken_for_done(self, videos, recognizer, tmp_path):
        other = tmp_path / "more" / "clip0.avi"
        other.parent.mkdir()
        shutil.copy(videos[1], other)
        list(recognize_videos(videos[:1], recognizer, tmp_path / "t"))
        with pytest.raises(SinkError, match=rf"clip0.parquet is not of {other} but of another"):
            recognize_videos([other], recognizer, tmp_path / "t", resume=True)

    def test_the_working_directory_does_not_matter(self, videos, recognizer, tmp_path, monkeypatch):
        list(recognize_videos(videos[:1], recognizer, tmp_path / "t"))
        monkeypatch.chdir(tmp_path)
        assert list(recognize_videos([videos[0].name], recognizer, "t", resume=True)) == []

    @pytest.mark.parametrize("name", ["more/clip0.avi", "clip0.mp4"])
    def test_two_of_one_name_are_refused_at_once(self, name, videos, recognizer, tmp_path):
        other = tmp_path / name
        with pytest.raises(OutputExistsError) as caught:
            recognize_videos([videos[0], other], recognizer, tmp_path / "t")
        assert str(caught.value) == (
            f"{videos[0]} and {other} would have the same table, "
            f"{tmp_path / 't' / 'clip0.parquet'}; rename one, or write them to two folders."
        )
        assert not (tmp_path / "t").exists()

    def test_one_that_is_named_twice_is_done_once(self, videos, recognizer, tmp_path):
        done = list(recognize_videos([videos[0]] * 2, recognizer, tmp_path / "t"))
        assert done == [(str(videos[0]), 3, None)]

    def test_a_folder_without_a_name_of_its_own(self, recognizer, tmp_path, monkeypatch):
        folder = tmp_path / "frames"
        folder.mkdir()
        cv2.imwrite(str(folder / "0.png"), FACE)
        monkeypatch.chdir(folder)
        assert list(recognize_videos(["."], recognizer, tmp_path / "t")) == [(".", 1, None)]
        assert os.listdir(tmp_path / "t") == ["frames.parquet"]

    def test_photos_are_not_added_to_them(self, videos, photos, recognizer, tmp_path):
        list(recognize_videos(videos[:1], recognizer, tmp_path / "t"))
        with pytest.raises(OutputExistsError, match="has parts of a table"):
            recognize_in_parts(photos, recognizer.recognizer, tmp_path / "t")
        with pytest.raises(SinkError, match="its tables are of other work"):
            recognize_in_parts(photos, recognizer.recognizer, tmp_path / "t", resume=True)
