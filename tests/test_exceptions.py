import copy
import inspect
import pickle
import re

import pytest

from fer_classic import exceptions
from fer_classic.exceptions import (
    FerClassicError,
    FerClassicWarning,
    NoEyesWarning,
    NoFaceWarning,
    UnknownNameError,
)

CLASSES = {
    name: member
    for name, member in vars(exceptions).items()
    if inspect.isclass(member) and member.__module__ == exceptions.__name__
}


def drawn_tree():
    """Built-in second base by name, as the docstring of the module draws them."""
    return dict(re.findall(r"── (\w+) +(?:\((\w+)\))?", exceptions.__doc__))


def test_all_names_every_class():
    assert exceptions.__all__ == sorted(CLASSES)


def test_the_drawn_tree_is_complete():
    assert set(drawn_tree()) | {"FerClassicError", "FerClassicWarning"} == set(CLASSES)


@pytest.mark.parametrize(("name", "builtin"), drawn_tree().items())
def test_the_drawn_bases_are_the_bases(name, builtin):
    bases = {base.__name__ for base in CLASSES[name].__mro__}
    assert {"FerClassicError", "FerClassicWarning"} & bases
    assert not builtin or builtin in bases


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_everything_is_ours_and_documented(name):
    assert issubclass(CLASSES[name], FerClassicError | FerClassicWarning)
    assert CLASSES[name].__doc__


@pytest.mark.parametrize(
    ("name", "known", "message"),
    [
        (
            "svm_lpb",
            ["svm_lbp", "majority"],
            "unknown recipe 'svm_lpb'. Did you mean 'svm_lbp'? Known: svm_lbp, majority.",
        ),
        (
            "MAJORITY",
            ["svm_lbp", "majority"],
            "unknown recipe 'MAJORITY'. Did you mean 'majority'? Known: svm_lbp, majority.",
        ),
        ("xyz", ["svm_lbp", "majority"], "unknown recipe 'xyz'. Known: svm_lbp, majority."),
        (7, ["svm_lbp"], "unknown recipe '7'. Known: svm_lbp."),
    ],
)
def test_unknown_name(name, known, message):
    assert str(UnknownNameError("recipe", name, iter(known))) == message


def test_an_unknown_name_of_something_that_has_a_name_itself():
    error = UnknownNameError("split", "Tset", ["Test"], "fer2013 has no split 'Tset'")
    message = "fer2013 has no split 'Tset'. Did you mean 'Test'? Known: Test."
    assert str(error) == str(pickle.loads(pickle.dumps(error))) == message


def test_a_long_list_of_known_names_is_cut():
    known = [f"step{k:02d}__inner" for k in range(60)] + [f"step{k:02d}" for k in range(38)]
    message = str(UnknownNameError("parameter", "step59__iner", known))
    assert message.startswith("unknown parameter 'step59__iner'. Did you mean 'step59__inner'")
    assert message.endswith("step36, step37, step00__inner, and 59 more.")


@pytest.mark.parametrize("duplicate", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_unknown_name_survives_the_way_back_from_a_worker(duplicate):
    error = UnknownNameError("recipe", "svm", ["svm_lbp"])
    assert type(duplicate(error)) is UnknownNameError
    assert str(duplicate(error)) == str(error)


@pytest.mark.parametrize("kind", [NoFaceWarning, NoEyesWarning])
@pytest.mark.parametrize(
    "duplicate", [copy.copy, lambda warning: pickle.loads(pickle.dumps(warning))]
)
def test_a_warning_of_what_is_missing_carries_the_number(duplicate, kind):
    warning = duplicate(kind("no face in 3 of 4 images.", 3))
    assert type(warning) is kind
    assert str(warning) == "no face in 3 of 4 images."
    assert warning.n_missing == 3
