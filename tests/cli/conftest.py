import cv2
import numpy as np
import pytest
import skimage.data
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from fer_classic.datasets import load_drawn_faces
from fer_classic.faces import FaceCropper
from fer_classic.features import HOGDescriptor
from fer_classic.persistence import make_card, save_model


@pytest.fixture(scope="session")
def few_faces():
    """A few drawn faces, to fit quickly."""
    return load_drawn_faces(n_subjects=3, n_per_class=2)


@pytest.fixture(scope="session")
def model_file(few_faces, tmp_path_factory):
    """A model that was fitted on the few faces, with its card."""
    images, names = load_drawn_faces(n_subjects=3, n_per_class=2, return_X_y=True)
    model = make_pipeline(
        FaceCropper(), HOGDescriptor(), LogisticRegression(max_iter=20, tol=1.0)
    ).fit(images, names)
    path = tmp_path_factory.mktemp("model") / "model.joblib"
    save_model(model, path, card=make_card(model, recipe="mine", n_images=len(names)))
    return path


@pytest.fixture
def use_few_faces(monkeypatch, few_faces):
    """Make the few faces the data set "drawn", and hide all other data sets."""

    def load_few(name, data_home=None, **options):
        from fer_classic.datasets._registry import load_dataset

        return few_faces if name == "drawn" else load_dataset(name, data_home, **options)

    monkeypatch.setattr("fer_classic.datasets.load_dataset", load_few)


@pytest.fixture
def photos(tmp_path):
    """A folder with photos of one face, two faces and none."""
    folder = tmp_path / "photos"
    folder.mkdir()
    one = np.ascontiguousarray(skimage.data.astronaut()[:256, 100:356, ::-1])
    cv2.imwrite(str(folder / "one.png"), one)
    cv2.imwrite(str(folder / "two.jpg"), np.hstack([one, one[:, ::-1]]))
    cv2.imwrite(str(folder / "none.png"), np.full((100, 120), 128, np.uint8))
    return folder


@pytest.fixture
def class_folders(tmp_path, few_faces):
    """The few faces as images in class folders."""
    root = tmp_path / "faces"
    for number, (image, code) in enumerate(zip(few_faces.images, few_faces.target, strict=True)):
        path = root / few_faces.target_names[code] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), image)
    return root


@pytest.fixture
def fer2013_csv(tmp_path):
    """A small FER2013 with all three splits."""
    rng = np.random.default_rng(0)
    rows = ["emotion,pixels,Usage"]
    for split, count in (("Training", 14), ("PublicTest", 7), ("PrivateTest", 7)):
        for number in range(count):
            pixels = " ".join(map(str, rng.integers(0, 256, 2304)))
            rows.append(f"{number % 7},{pixels},{split}")
    folder = tmp_path / "fer2013"
    folder.mkdir()
    (folder / "fer2013.csv").write_text("\n".join(rows) + "\n")
    return folder


@pytest.fixture(autouse=True)
def no_data_outside(monkeypatch, tmp_path):
    """Hide the user's data sets and caches from the tests."""
    monkeypatch.delenv("FER_CLASSIC_DATA", raising=False)
    monkeypatch.setenv("FER_CLASSIC_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
