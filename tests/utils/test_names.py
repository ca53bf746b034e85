import pytest

from fer_classic.utils._names import name_some, printable


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("face.png", "face.png"),
        ("Ärger 笑顔\u200c🙂.png", "Ärger 笑顔\u200c🙂.png"),
        ("two\nlines\t.png", r"two\nlines\t.png"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("no text \udcff", r"no text \udcff"),
        ("line\u2028end", r"line\u2028end"),
    ],
)
def test_printable(name, text):
    assert printable(name) == text


def test_some_are_named_and_the_others_counted():
    assert name_some(["a\n", "b"], limit=2) == r"a\n, b"
    assert name_some(iter("abcd"), limit=2) == "a, b and 2 more"
