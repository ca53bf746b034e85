import errno

import numpy as np
import pytest

from fer_classic.cli import main
from fer_classic.neural._training import Trainer
from fer_classic.persistence import load_model

pytestmark = pytest.mark.usefixtures("use_few_faces")

CNN = ("--dataset", "drawn", "--recipe", "cnn_plain3", "--set", "cnn__epochs=3")


def train(*arguments, output="m.joblib"):
    return main(["train", *arguments, "-o", str(output)])


@pytest.fixture
def stopped_in(monkeypatch):
    """Stop the first training by Ctrl-C in an epoch; returns the epochs that were run."""

    def stopped_in(epoch):
        original, run = Trainer._epoch, []

        def train(self, progress):
            run.append(self.n_done + 1)
            if run == list(range(1, epoch + 1)):
                raise KeyboardInterrupt
            return original(self, progress)

        monkeypatch.setattr(Trainer, "_epoch", train)
        return run

    return stopped_in


def test_a_stopped_training_resumes(stopped_in, few_faces, tmp_path, capsys):
    epochs = stopped_in(3)
    assert train(*CNN) == 130
    assert "with --resume continues after the last finished epoch" in capsys.readouterr().err
    assert [path.name for path in tmp_path.glob("m.*")] == ["m.checkpoints"]
    del epochs[:]
    assert train(*CNN, "--resume") == 0
    assert epochs == [3]
    assert not (tmp_path / "m.checkpoints").exists()
    assert train(*CNN, output="whole.joblib") == 0
    resumed, whole = (load_model(tmp_path / name) for name in ("m.joblib", "whole.joblib"))
    np.testing.assert_array_equal(
        resumed.model.predict_proba(few_faces.images), whole.model.predict_proba(few_faces.images)
    )
    assert resumed.model.get_params()["cnn__checkpoint_dir"] is None
    assert "cnn__checkpoint_dir" not in resumed.card["parameters"]


def test_a_stopped_training_is_not_forgotten(stopped_in, capsys):
    epochs = stopped_in(2)
    train(*CNN)
    capsys.readouterr()
    assert train(*CNN) == 2
    out, err = capsys.readouterr()
    assert "resume it (--resume), or remove that folder" in err
    assert out == ""
    assert epochs == [1, 2]


def test_another_training_does_not_resume_from_it(stopped_in, tmp_path):
    epochs = stopped_in(2)
    train(*CNN)
    assert train(*CNN, "--seed", "4", "--resume") == 0
    assert epochs == [1, 2, 1, 2, 3]
    assert len(list((tmp_path / "m.checkpoints").iterdir())) == 1


def test_a_stop_in_the_first_epoch_leaves_nothing(stopped_in, tmp_path, capsys):
    stopped_in(1)
    assert train(*CNN) == 130
    assert "--resume" not in capsys.readouterr().err
    assert not list(tmp_path.glob("m.*"))


def test_nothing_to_resume(tmp_path, capsys):
    assert train(*CNN, "--resume") == 0
    assert "nothing to resume in" in capsys.readouterr().err
    assert (tmp_path / "m.joblib").exists()


def test_a_folder_of_ones_own(stopped_in, tmp_path):
    epochs = stopped_in(2)
    own = ("--set", "cnn__checkpoint_dir=kept")
    assert train(*CNN, *own) == 130
    assert len(list((tmp_path / "kept").iterdir())) == 1
    assert train(*CNN, *own) == 0
    assert epochs == [1, 2, 2, 3]


def test_a_recipe_without_epochs(capsys):
    assert train("--dataset", "drawn", "--recipe", "majority", "--resume") == 2
    assert "the recipe majority is not trained in epochs" in capsys.readouterr().err


def test_epochs_are_kept_until_the_model_is_saved(stopped_in, tmp_path, monkeypatch, capsys):
    epochs = stopped_in(99)

    def fill(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device", "m.joblib")

    with monkeypatch.context() as patch:
        patch.setattr("fer_classic.persistence.save_model", fill)
        assert train(*CNN) == 1
    err = capsys.readouterr().err
    assert "No space left on device; free some space" in err
    assert "with --resume continues after the last finished epoch." in err
    assert [path.name for path in tmp_path.glob("m.*")] == ["m.checkpoints"]
    assert train(*CNN, "--resume") == 0
    assert epochs == [1, 2, 3]
    assert not (tmp_path / "m.checkpoints").exists()
    assert load_model(tmp_path / "m.joblib").model.get_params()["cnn__checkpoint_dir"] is None
