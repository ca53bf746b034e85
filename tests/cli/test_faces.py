import cv2
import numpy as np
import pytest

from fer_classic.cli import main

pytestmark = pytest.mark.filterwarnings("default::fer_classic.exceptions.NoFaceWarning")


@pytest.fixture
def grey_folders(tmp_path):
    """Pictures larger than crops, without a face."""
    rng = np.random.default_rng(0)
    for name in ("happy", "sad"):
        for number in range(3):
            path = tmp_path / "grey" / name / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(path), rng.integers(90, 110, (80, 80), np.uint8))
    return tmp_path / "grey"


def test_photos_without_a_face_are_named_once(grey_folders, model_file, tmp_path, capsys):
    data = ["--images", str(grey_folders)]
    said = (
        "fer-classic: warning: no face was found in 6 of 6 images, and their central squares were "
        "used: happy/0.png, happy/1.png, happy/2.png, sad/0.png, sad/1.png and 1 more; "
    )
    output = str(tmp_path / "m.joblib")
    assert main(["train", *data, "--recipe", "svm_hog", "-o", output]) == 0
    err = capsys.readouterr().err
    assert err.count("no face was found") == 1
    assert f"{said}leave them out, or cut the faces out, or try --set crop__detector=pyr" in err
    assert main(["evaluate", "--model", str(model_file), *data]) == 0
    err = capsys.readouterr().err
    assert err.count("no face was found") == 1
    assert f"{said}leave them out, or cut the faces out.\n" in err
