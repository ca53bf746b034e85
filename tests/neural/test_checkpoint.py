import os
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.model_selection import cross_validate

from fer_classic.exceptions import FerClassicWarning
from fer_classic.neural import _checkpoint
from fer_classic.neural._checkpoint import training_digest
from fer_classic.neural._training import Trainer
from tests.neural.conftest import classifier
from tests.neural.networks import small, tiny


class KilledError(Exception):
    pass


def kill(model, epoch, *data, **groups):
    """Fit a model that is killed in some epoch."""
    original = Trainer._epoch

    def train(self, progress):
        if self.n_done + 1 == epoch:
            raise KilledError
        return original(self, progress)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainer, "_epoch", train)
        with pytest.raises(KilledError):
            model.fit(*data, **groups)


@pytest.fixture
def epochs_run(monkeypatch):
    """The epochs that were trained, from now on."""
    run = []
    original = Trainer._epoch

    def train(self, progress):
        run.append(self.n_done + 1)
        return original(self, progress)

    monkeypatch.setattr(Trainer, "_epoch", train)
    return run


SETTINGS = [
    {},
    {"averaging": None, "optimizer": "adam", "learning_rate": 0.001, "schedule": "constant"},
    {"schedule": "plateau", "plateau_patience": 0, "mixup": 0.2, "precision": "bfloat16"},
    {"validation_fraction": None, "oversample": True},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_a_killed_training_ends_as_if_it_had_not_been(
    settings, images, names, groups, tmp_path, epochs_run
):
    whole = classifier(**settings).fit(images, names, groups=groups)
    model = classifier(checkpoint_dir=tmp_path, **settings)
    kill(model, 4, images, names, groups=groups)
    epochs_run.clear()
    model.fit(images, names, groups=groups)
    assert epochs_run == [4, 5, 6]
    np.testing.assert_array_equal(model.predict_proba(images), whole.predict_proba(images))
    assert model.best_epoch_ == whole.best_epoch_
    assert model.history_["loss"] == whole.history_["loss"]
    assert not list(tmp_path.iterdir())


def test_a_training_without_a_seed_resumes_too(images, names, tmp_path, epochs_run):
    model = classifier(random_state=None, checkpoint_dir=tmp_path)
    kill(model, 3, images, names)
    epochs_run.clear()
    model.fit(images, names)
    assert epochs_run == [3, 4, 5, 6]


@pytest.mark.parametrize("change", ["image", "label", "group", "seed", "parameter", "network"])
def test_nothing_is_taken_from_another_training(
    change, images, names, groups, tmp_path, epochs_run
):
    model = classifier(checkpoint_dir=tmp_path)
    kill(model, 4, images, names, groups=groups)
    epochs_run.clear()
    images, names, groups = images.copy(), names.copy(), groups.copy()
    other = clone(model)
    if change == "image":
        images[0, 0, 0] ^= 1
    elif change == "label":
        names[0] = "sad"
    elif change == "group":
        groups[0] = 5
    elif change == "seed":
        other.set_params(random_state=1)
    elif change == "parameter":
        other.set_params(weight_decay=0.1)
    else:
        other.set_params(network=tiny)
    other.fit(images, names, groups=groups)
    assert epochs_run == [1, 2, 3, 4, 5, 6]
    assert len(list(tmp_path.iterdir())) == 1


def test_where_it_is_done_does_not_matter(images, names, tmp_path, epochs_run):
    kill(classifier(checkpoint_dir=tmp_path), 5, images, names)
    epochs_run.clear()
    classifier(checkpoint_dir=str(tmp_path), verbose=True, device="cpu").fit(images, names)
    assert epochs_run == [5, 6]


def test_folds_keep_their_own(images, names, tmp_path):
    settings = {"cv": 3, "error_score": "raise"}
    expected = cross_validate(classifier(), images, names, **settings)
    scores = cross_validate(classifier(checkpoint_dir=tmp_path), images, names, **settings)
    assert scores["test_score"].tolist() == expected["test_score"].tolist()
    assert not list(tmp_path.iterdir())


def test_ctrl_c_leaves_a_checkpoint(images, names, tmp_path, monkeypatch, epochs_run):
    model = classifier(checkpoint_dir=tmp_path)
    taken = iter(range(100))
    original = Trainer._step

    def interrupt(self, *args):
        if next(taken) == 10:
            raise KeyboardInterrupt
        return original(self, *args)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "_step", interrupt)
        with pytest.raises(KeyboardInterrupt):
            model.fit(images, names)
    assert len(model.history_["epoch"]) == 2
    epochs_run.clear()
    model.fit(images, names)
    assert epochs_run == [3, 4, 5, 6]


class TestDamage:
    @pytest.fixture
    def file(self, images, names, tmp_path):
        kill(classifier(checkpoint_dir=tmp_path), 4, images, names)
        (file,) = tmp_path.iterdir()
        return file

    def check(self, file, images, names, message, epochs_run):
        epochs_run.clear()
        with pytest.warns(FerClassicWarning, match=message) as caught:
            classifier(checkpoint_dir=file.parent).fit(images, names)
        assert len(caught) == 1
        assert str(file) in str(caught[0].message)
        assert epochs_run == [1, 2, 3, 4, 5, 6]

    @pytest.mark.parametrize("content", [b"", b"nonsense", None])
    def test_a_file_that_cannot_be_read(self, content, file, images, names, epochs_run):
        file.write_bytes(file.read_bytes()[:1000] if content is None else content)
        self.check(file, images, names, "is not used: it is damaged", epochs_run)

    def test_a_file_of_another_training(self, file, images, names, epochs_run):
        content = torch.load(file, weights_only=True)
        torch.save(content | {"digest": "0"}, file)
        self.check(file, images, names, "belongs to another training", epochs_run)

    def test_a_network_that_was_changed_since(self, file, images, names, epochs_run):
        content = torch.load(file, weights_only=True)
        content["state"]["module"]["6.weight"] = torch.zeros(3, 64)
        torch.save(content, file)
        self.check(file, images, names, "weights do not fit this network", epochs_run)

    def test_code_in_the_file_is_not_executed(self, file, images, names, epochs_run):
        torch.save({"format": os.system}, file)
        self.check(file, images, names, "is not used: it is damaged", epochs_run)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), RuntimeError("full")])
def test_a_full_disk_does_not_end_the_training(error, images, names, tmp_path, monkeypatch):
    """The last good checkpoint survives, and there is one warning."""
    kept = []
    original = torch.save

    def save(content, path):
        if len(kept) == 2:
            path.write_bytes(b"half")
            raise error
        original(content, path)
        kept.append(path)

    monkeypatch.setattr(_checkpoint.torch, "save", save)
    with pytest.warns(FerClassicWarning) as caught:
        kill(classifier(checkpoint_dir=tmp_path), 6, images, names)
    assert len(caught) == 1
    assert "epoch 3 could not be saved" in str(caught[0].message)
    assert "the one before is kept" in str(caught[0].message)
    (file,) = tmp_path.iterdir()
    content = torch.load(file, weights_only=True)
    assert content["state"]["history"]["epoch"] == [1, 2]


@pytest.mark.skipif(os.name != "posix", reason="needs limits of file sizes")
def test_a_disk_that_is_really_full(images, names, tmp_path):
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    try:
        with pytest.warns(FerClassicWarning, match="epoch 1 could not be saved .* none is kept"):
            model = classifier(checkpoint_dir=tmp_path).fit(images, names)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert len(model.history_["epoch"]) == 6
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made(images, names, tmp_path, epochs_run):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        classifier(checkpoint_dir=tmp_path / "file" / "folder").fit(images, names)
    assert epochs_run == []


@pytest.mark.skipif(os.name != "posix", reason="needs a signal that cannot be caught")
def test_a_process_that_is_really_killed(images, names, tmp_path, epochs_run):
    program = """
        import sys, time
        from fer_classic.neural._training import Trainer
        from tests.neural.conftest import classifier, make_images

        original = Trainer._step

        def slow(self, *args):
            time.sleep(0.02)
            return original(self, *args)

        Trainer._step = slow
        images, names, _ = make_images()
        classifier(checkpoint_dir=sys.argv[1], epochs=40).fit(images, names)
    """
    command = [sys.executable, "-c", textwrap.dedent(program), str(tmp_path)]
    process = subprocess.Popen(command, env=os.environ | {"OMP_NUM_THREADS": "1"})
    deadline = time.monotonic() + 60
    # What is still being written begins with a dot.
    while not list(tmp_path.glob("[!.]*.pt")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    model = classifier(checkpoint_dir=tmp_path, epochs=40).fit(images, names)
    assert 1 < epochs_run[0] <= 40
    np.testing.assert_array_equal(
        model.predict_proba(images),
        classifier(epochs=40).fit(images, names).predict_proba(images),
    )


class TestDigest:
    PARAMETERS = {"network": small, "epochs": 3, "checkpoint_dir": "a", "random_state": 0}

    def digest(self, *arrays, seed=0, layers="Linear", **changes):
        return training_digest(self.PARAMETERS | changes, seed, layers, *arrays)

    def test_relevant_settings_change_the_digest(self):
        x, y = np.zeros((2, 3)), np.array(["a", "b"])
        digests = [
            self.digest(x, y, None),
            self.digest(x, y, None, seed=1),
            self.digest(x, y, None, seed=None),
            self.digest(x, y, None, epochs=4),
            self.digest(x, y, None, network=tiny),
            self.digest(x, y, None, network="compact"),
            self.digest(x, y, None, layers="Conv2d"),
            self.digest(x.reshape(3, 2), y, None),
            self.digest(x.astype(np.float32), y, None),
            self.digest(x, y[::-1], None),
            self.digest(x, y, np.array([0, 1])),
        ]
        assert len(set(digests)) == len(digests)
        assert all(len(digest) == 32 for digest in digests)

    def test_irrelevant_settings_keep_the_digest(self):
        x, y = np.zeros((2, 3)), np.array(["a", "b"])
        assert self.digest(x, y, None) == self.digest(
            np.asfortranarray(x), y.astype(object).astype(str), None, checkpoint_dir="b"
        )
