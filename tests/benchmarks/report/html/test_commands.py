import shlex

from benchmarks.report.html.commands import run_commands
from benchmarks.report.summary import Row
from benchmarks.run import build_parser
from tests.benchmarks.report.html.conftest import record


def row_of(recipe, protocol="loso", **fields):
    one = record(recipe, protocol, 0, [0.1] * 4, **fields)
    return Row(recipe, protocol, "", "", [one], 2)


def test_recipes_of_one_run_share_a_command(section):
    assert section.commands(section.rows) == [
        "python -m benchmarks.run --dataset jaffe --data-dir DIR --protocol kfold --folds 2 "
        "--recipes good",
        "python -m benchmarks.run --dataset jaffe --data-dir DIR --protocol loso "
        "--recipes good,weak",
    ]


def test_the_program_takes_every_option():
    rows = [
        row_of("a", "group-kfold", seed=3, settings={"cnn__epochs": 6, "x__name": "it's; rm"}),
        row_of("b", "cross:fer2013"),
        row_of("c", permuted=7),
    ]
    parsed = []
    for line in run_commands("drawn", rows):
        interpreter, flag, program, *arguments = shlex.split(line)
        assert (interpreter, flag, program) == ("python", "-m", "benchmarks.run")
        parsed.append(build_parser().parse_args(arguments))
    first, second, third = parsed
    assert (first.protocol, first.folds, first.seed) == (["group-kfold"], 2, 3)
    assert first.settings == [("cnn__epochs", 6), ("x__name", "it's; rm")]
    assert (second.protocol, second.train_on, second.data_dir) == (["cross"], "fer2013", None)
    assert third.permute == 7
