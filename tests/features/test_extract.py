import errno
import gc
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pytest
from joblib import Parallel, delayed, parallel_config
from sklearn import config_context
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from fer_classic.exceptions import NoEyesWarning, NoFaceWarning
from fer_classic.faces import FaceCropper
from fer_classic.features import Flatten, LBPHistogram, _extract, extract_features


class Warns:
    """Warns of each image that is dark, and once a call in the same words."""

    def transform(self, images):
        for image in images:
            if not image.any():
                warnings.warn(NoFaceWarning("dark", 1), stacklevel=1)
            elif image.min() == 255:
                warnings.warn(NoEyesWarning("bright", 1), stacklevel=1)
        warnings.warn("strange images", RuntimeWarning, stacklevel=1)
        return images


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(_extract, "_BLOCK", 4)


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(1, 256, (11, 12, 16), dtype=np.uint8)


@pytest.fixture
def lbp():
    return LBPHistogram(grid=(2, 2))


@pytest.mark.parametrize("features_memory", [None, 11 * 4 * 59 * 4, 11 * 4 * 59 * 4 - 1, 0])
@pytest.mark.parametrize(("n_jobs", "gather"), [(None, False), (2, False), (2, True)])
def test_features_are_those_of_one_call(lbp, images, features_memory, n_jobs, gather, tmp_path):
    features = extract_features(
        lbp, images, features_memory=features_memory, n_jobs=n_jobs, folder=tmp_path, gather=gather
    )
    np.testing.assert_array_equal(features, lbp.transform(images))
    assert features.dtype == np.float32
    fits = features_memory is None or features_memory >= features.nbytes
    assert isinstance(features, np.memmap) == ((n_jobs == 2 and not gather) or not fits)


@pytest.mark.parametrize(("n_jobs", "gather"), [(None, False), (2, True)])
def test_steps_need_no_names_for_tables(lbp, images, n_jobs, gather):
    pytest.importorskip("pandas", reason="tables need it")
    expected = lbp.transform(images)
    with config_context(transform_output="pandas"):
        unfitted = extract_features(lbp, images, n_jobs=n_jobs, gather=gather)
        fitted = extract_features(clone(lbp).fit(images), images, n_jobs=n_jobs, gather=gather)
    for features in (unfitted, fitted):
        assert type(features) is np.ndarray
        np.testing.assert_array_equal(features, expected)


@pytest.mark.parametrize("features_memory", [None, 0])
def test_images_come_out_as_images(images, features_memory):
    step = FaceCropper(None, size=8)
    found = extract_features(step, images, features_memory=features_memory)
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, step.transform(images))


def test_fitted_pipelines_lists_and_maps(lbp, images, tmp_path):
    pipeline = Pipeline([("lbp", lbp), ("scale", StandardScaler())]).fit(images)
    np.save(tmp_path / "images.npy", images)
    mapped = np.load(tmp_path / "images.npy", mmap_mode="r")
    for given in (mapped, list(images)):
        found = extract_features(pipeline, given, n_jobs=2)
        np.testing.assert_allclose(found, pipeline.transform(images), rtol=1e-6)


def test_images_of_several_sizes(lbp):
    images = np.empty(5, dtype=object)
    images[:] = [np.full((20 + k, 30), 9, np.uint8) for k in range(5)]
    assert extract_features(FaceCropper(None, size=16), images).shape == (5, 16, 16)
    # Each block has one size.
    images = [np.zeros((12, 12), np.uint8)] * 4 + [np.zeros((16, 16), np.uint8)] * 4
    for features_memory in (None, 0):
        with pytest.raises(ValueError, match=r"\(144,\) and \(256,\); crop the images"):
            extract_features(Flatten(), images, features_memory=features_memory)


@pytest.mark.parametrize("step", [Flatten(), FaceCropper(None, size=8)])
@pytest.mark.parametrize(("n_jobs", "gather"), [(None, False), (2, False), (2, True)])
def test_sixteen_bits_are_judged_for_the_whole_set(step, images, n_jobs, gather):
    wide = images.astype(np.uint16) * 257
    # As dark as 8-bit images in the wrong dtype: the first images, and a whole block.
    wide[[0, *range(4, 9)]] >>= 8
    found = extract_features(step, wide, n_jobs=n_jobs, gather=gather)
    np.testing.assert_array_equal(found, step.transform(wide))
    with pytest.raises(ValueError, match="uint16 hold 0 to 65535"):
        extract_features(step, images.astype(np.uint16), n_jobs=n_jobs, gather=gather)


def test_floats_are_judged_one_by_one(images):
    # Three blocks are in 0-1, whatever the fourth holds.
    floats = images / 255
    floats[-1] *= 255
    for given in (floats, floats[::-1]):
        with pytest.raises(ValueError, match="floating images hold 0 to 1"):
            extract_features(FaceCropper(None, size=8), given)


def test_the_file_goes_with_the_last_array(lbp, images, tmp_path):
    features = extract_features(lbp, images, features_memory=0, folder=tmp_path)
    (file,) = tmp_path.rglob("features")
    assert file.stat().st_size == features.nbytes
    assert not features.flags.writeable
    expected = np.array(features[3:5, 2])
    view = np.asarray(features)[3:5, 2]
    del features
    gc.collect()
    assert file.exists()
    np.testing.assert_array_equal(view, expected)
    del view
    gc.collect()
    assert not list(tmp_path.iterdir())


def test_other_processes_read_the_file(lbp, images, tmp_path):
    features = extract_features(lbp, images, features_memory=0, folder=tmp_path)
    sums = Parallel(n_jobs=2)(delayed(np.sum)(features[k : k + 6]) for k in (0, 6))
    np.testing.assert_allclose(sum(sums), lbp.transform(images).sum(), rtol=1e-6)


def test_a_step_reads_the_map(lbp, images):
    features = extract_features(lbp, images, features_memory=0)
    expected = StandardScaler().fit_transform(lbp.transform(images))
    np.testing.assert_allclose(StandardScaler().fit_transform(features), expected, rtol=1e-5)


def test_a_full_disk_is_named(lbp, images, tmp_path):
    resource = pytest.importorskip("resource", reason="the system has no such limits")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    # As on a full disk, a part of the second block is written.
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, usual[1]))
    try:
        with pytest.raises(OSError, match="of features") as error:
            extract_features(lbp, images, features_memory=0, folder=tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert error.value.errno == errno.EFBIG
    assert f"cannot write 1e-05 GB of features to {tmp_path} (File too large)" in str(error.value)
    assert "pass another folder, or set TMPDIR" in str(error.value)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there(lbp, images, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"of features to .*none .No such file"):
        extract_features(lbp, images, features_memory=0, folder=tmp_path / "none")


def test_the_usual_folder_is_that_of_the_system(lbp, images, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)  # it is looked up once
    features = extract_features(lbp, images, features_memory=0)
    assert [Path(features.filename)] == list(tmp_path.rglob("features"))
    (tmp_path / "file").touch()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file"))
    with pytest.raises(NotADirectoryError, match=r"1e-05 GB of features to .*file .Not a dir"):
        extract_features(lbp, images, features_memory=0)


def test_a_failing_step_leaves_no_file(images, tmp_path):
    class Fails:
        def transform(self, part):
            if np.array_equal(part, images[4:8]):
                raise ValueError("it is broken")
            return part

    with pytest.raises(ValueError, match="it is broken"):
        extract_features(Fails(), images, features_memory=0, folder=tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_warnings_of_all_blocks_come_once(images, n_jobs):
    images[[1, 2, 10]] = 0
    images[[0, 7]] = 255
    with pytest.warns() as caught:
        extract_features(Warns(), images, n_jobs=n_jobs)
    eyes, faces, other = sorted((w.message for w in caught), key=str)
    assert (faces.n_missing, str(other)) == (3, "strange images")
    assert (eyes.n_missing, type(eyes)) == (2, NoEyesWarning)
    assert "in 3 of 11 images" in str(faces)
    assert "in 2 of 11 images; FaceAligner.find_eyes" in str(eyes)
    assert {Path(w.filename).name for w in caught} == {"test_extract.py"}


def test_reports_and_the_number_of_processes(images):
    reports = []
    with parallel_config(n_jobs=2):
        extract_features(Flatten(), images, report=lambda *report: reports.append(report))
    assert [n for n, _ in reports] == [4, 4, 3]
    assert all(seconds > 0 for _, seconds in reports)


def test_wrong_arguments(lbp, images):
    with pytest.raises(ValueError, match="at least one image, got none"):
        extract_features(lbp, images[:0])
    with pytest.raises(ValueError, match="'features_memory' parameter"):
        extract_features(lbp, images, features_memory=-1)
    with pytest.raises(ValueError, match="'step' parameter"):
        extract_features(np.sum, images)
