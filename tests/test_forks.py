"""Workers that are forked after their parent has predicted, as servers and pools make them."""

import multiprocessing
import subprocess
import sys

import pytest

PROGRAM = """
import multiprocessing, sys, warnings

import cv2
import numpy as np
import skimage.data
from threadpoolctl import threadpool_limits

from fer_classic.live import Recognizer
from fer_classic.persistence import load_bundled

n_threads = 4
cv2.setNumThreads(n_threads)
crops = np.random.default_rng(0).integers(0, 256, (64, 48, 48), dtype=np.uint8)
photo = np.ascontiguousarray(skimage.data.astronaut()[..., ::-1])


def answer(model, card):
    faces = Recognizer(model, card=card).recognize(photo)
    return model.predict(crops).tolist() + [face.box for face in faces]


def work(connection, *bundled):
    connection.send(answer(*bundled))


with threadpool_limits(n_threads):
    warnings.simplefilter("ignore")  # Python warns of forks while threads run, which is tested here
    fork = multiprocessing.get_context("fork")
    for name in sys.argv[1:]:
        bundled = load_bundled(name)
        expected = answer(*bundled)
        for _ in range(3):  # whether a thread of the parent holds a lock is chance
            mine, other = fork.Pipe()
            worker = fork.Process(target=work, args=(other, *bundled))
            worker.start()
            try:
                answered = mine.poll(30)
                print(name, "same" if answered and mine.recv() == expected else "no answer")
            finally:
                worker.kill()
                worker.join()
"""


@pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="this system does not fork"
)
def test_a_forked_worker_answers_as_its_parent_does():
    models = ("cnn", "svm_fast")
    command = [sys.executable, "-c", PROGRAM, *models]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    lines = [f"{model} same" for model in models for _ in range(3)]
    assert (done.stdout.splitlines(), done.returncode) == (lines, 0), done.stderr
