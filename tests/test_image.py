"""The Dockerfile: what it copies is there, and what it runs is what the program has."""

import re
import tomllib
from pathlib import Path

from fer_classic.app._openapi import PATHS
from fer_classic.cli._main import _make_parser

ROOT = Path(__file__).parents[1]
STEPS = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text("utf-8"))


def arguments(step):
    return [line.split()[1:] for line in STEPS.splitlines() if line.startswith(f"{step} ")]


def copied():
    """What is copied from the repository, in place of an earlier stage."""
    return [
        name for words in arguments("COPY") if "--from=build" not in words for name in words[:-1]
    ]


def test_what_is_copied_is_there_and_is_sent_to_the_engine():
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    sent = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert lines[1] == "*"
    assert sorted(copied()) == sorted(sent)
    assert all((ROOT / name).exists() for name in sent)


def test_what_setuptools_needs_is_copied():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert {"pyproject.toml", project["readme"], *project["license-files"]} <= set(copied())


def test_it_serves_without_root_and_without_torch():
    (user,) = arguments("USER")
    assert user == ["10001"]
    assert '".[app]"' in STEPS
    assert "torch" not in "".join(line for line in STEPS.splitlines() if line.startswith("RUN"))
    command = re.findall(r'"([^"]+)"', STEPS.splitlines()[-1])
    args = _make_parser().parse_args(command)
    assert (args.command, args.host) == ("serve", "0.0.0.0")
    (port,) = arguments("EXPOSE")
    assert port == [str(args.port)]
    asked = re.search(r"http://127.0.0.1:(\d+)(/\w+)", STEPS)
    assert asked[1] == str(args.port)
    assert asked[2] in PATHS
