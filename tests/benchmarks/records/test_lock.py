"""Two runs on one file of records wait for each other."""

import multiprocessing
import os

import pytest

from benchmarks.records.lock import exclusive

pytest.importorskip("fcntl")


def silent(line):
    raise AssertionError(line)


def test_a_lock_leaves_nothing(tmp_path):
    path = tmp_path / "drawn" / "svm_lbp.jsonl"
    with exclusive(path, report=silent):
        assert os.listdir(path.parent) == [".svm_lbp.lock"]
    assert os.listdir(path.parent) == []


def test_what_a_killed_run_has_left_is_no_obstacle(tmp_path):
    (tmp_path / ".svm_lbp.lock").write_text("12345")
    with exclusive(tmp_path / "svm_lbp.jsonl", report=silent):
        pass
    assert os.listdir(tmp_path) == []


def test_other_recipes_do_not_wait(tmp_path):
    with (
        exclusive(tmp_path / "svm_lbp.jsonl", report=silent),
        exclusive(tmp_path / "svm_hog.jsonl", report=silent),
    ):
        pass


def test_an_error_opens_the_lock(tmp_path):
    path = tmp_path / "svm_lbp.jsonl"
    with pytest.raises(KeyboardInterrupt), exclusive(path):
        raise KeyboardInterrupt
    with exclusive(path, report=silent):
        pass


def work(path, sentences, begin=None):
    if begin is not None:
        begin.wait(30)
    with exclusive(path, report=sentences.put):
        lines = path.read_text() if path.exists() else ""
        path.write_text(f"{lines}{os.getpid()}\n")


def test_a_second_run_waits_and_says_so(tmp_path):
    context = multiprocessing.get_context("fork")
    path, sentences, begin = tmp_path / "svm_lbp.jsonl", context.Queue(), context.Event()
    # Begun before there is a lock, which it would share otherwise.
    second = context.Process(target=work, args=(path, sentences, begin))
    second.start()
    with exclusive(path, report=silent):
        begin.set()
        sentence = sentences.get(timeout=30)
        assert not path.exists()
    second.join(30)
    assert second.exitcode == 0
    assert path.read_text() == f"{second.pid}\n"
    assert sentence == (
        f"another run (process {os.getpid()}) works on {path}; waiting until it has finished ..."
    )
    assert os.listdir(tmp_path) == ["svm_lbp.jsonl"]


def test_no_line_is_lost_among_many_runs(tmp_path):
    context = multiprocessing.get_context("fork")
    path, sentences = tmp_path / "svm_lbp.jsonl", context.Queue()
    runs = [context.Process(target=work, args=(path, sentences)) for _ in range(12)]
    for run in runs:
        run.start()
    for run in runs:
        run.join(30)
    assert sorted(path.read_text().split()) == sorted(str(run.pid) for run in runs)
    assert os.listdir(tmp_path) == ["svm_lbp.jsonl"]
