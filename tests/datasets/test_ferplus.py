import numpy as np
import pytest

from fer_classic.datasets import load_fer2013
from fer_classic.datasets._ferplus import majority, read_ferplus
from fer_classic.exceptions import DataFormatError, DataNotFoundError
from fer_classic.expressions import EXPRESSIONS

HEADER = (
    "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
)
NAMES = ("neutral", "happy", "surprise", "sad", "angry", "disgust", "fear", "contempt")


@pytest.mark.parametrize(
    ("votes", "name"),
    [
        ([10, 0, 0, 0, 0, 0, 0, 0, 0, 0], "neutral"),
        ([0, 10, 0, 0, 0, 0, 0, 0, 0, 0], "happy"),
        ([0, 0, 0, 0, 0, 0, 0, 10, 0, 0], "contempt"),
        # Half is no majority.
        ([5, 5, 0, 0, 0, 0, 0, 0, 0, 0], None),
        ([5, 3, 2, 0, 0, 0, 0, 0, 0, 0], None),
        ([4, 2, 2, 2, 0, 0, 0, 0, 0, 0], None),
        # Single votes do not count, which makes five of nine, or four of seven, a majority.
        ([5, 4, 1, 0, 0, 0, 0, 0, 0, 0], "neutral"),
        ([0, 0, 0, 4, 1, 1, 1, 3, 0, 0], "sad"),
        ([2, 1, 1, 1, 1, 1, 1, 1, 1, 0], "neutral"),
        ([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], None),
        # Unknown and "not a face" win, or keep others from a majority.
        ([0, 0, 0, 0, 0, 0, 0, 0, 10, 0], None),
        ([0, 0, 0, 0, 0, 0, 0, 0, 0, 10], None),
        ([4, 0, 0, 0, 0, 0, 0, 0, 6, 0], None),
        ([5, 0, 0, 0, 0, 0, 0, 0, 3, 2], None),
        ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0], None),
    ],
)
def test_majority(votes, name):
    assert majority([votes])[0] == (-1 if name is None else EXPRESSIONS.index(name))


def write_labels(path, usages, names, rejected=()):
    """Write ten votes for each name; rejected rows are no faces."""
    lines = [HEADER]
    for row, (usage, name) in enumerate(zip(usages, names, strict=True)):
        votes = [10 * (name == other and row not in rejected) for other in NAMES]
        reject = 10 * (row in rejected)
        file_name = "" if reject else f"fer{row:07d}.png"
        lines.append(",".join(map(str, [usage, file_name, *votes, 0, reject])))
    path.write_text("\n".join(lines) + "\n")
    return path


def code(names):
    return np.array([EXPRESSIONS.index(name) for name in names])


USAGES = np.array(["Training"] * 3 + ["PublicTest"] * 2 + ["PrivateTest"])
SIX = ["happy", "contempt", "fear", "sad", "happy", "angry"]


def test_read(tmp_path):
    path = write_labels(tmp_path / "fer2013new.csv", USAGES, SIX, rejected=[2])
    codes = read_ferplus(path, USAGES, code(SIX))
    assert codes.tolist() == [4, 1, -1, 6, 4, 0]


def test_splits_that_are_absent_are_no_fault(tmp_path):
    path = write_labels(tmp_path / "fer2013new.csv", USAGES, SIX)
    codes = read_ferplus(path, USAGES[:5], code(SIX[:5]))
    assert codes.tolist() == [4, 1, 3, 6, 4]


@pytest.mark.parametrize("rows", [[0, 1, 3, 4], [0, 1, 2, 3], [3, 0, 1, 2, 4]])
def test_partial_or_reordered_tables_are_refused(tmp_path, rows):
    path = write_labels(tmp_path / "fer2013new.csv", USAGES, SIX)
    with pytest.raises(DataFormatError, match="does not match this copy of FER2013"):
        read_ferplus(path, USAGES[rows], code(SIX)[rows])


def test_reordered_labels_are_refused(tmp_path):
    path = write_labels(tmp_path / "fer2013new.csv", USAGES, SIX)
    lines = path.read_text().splitlines()
    lines[1], lines[2] = lines[2], lines[1]
    path.write_text("\n".join(lines))
    with pytest.raises(DataFormatError, match="are not ascending"):
        read_ferplus(path, USAGES, code(SIX))


@pytest.fixture
def large():
    """Two thousand rows on which FER2013 and FER+ agree for two of three."""
    rng = np.random.default_rng(0)
    names = rng.choice([name for name in NAMES if name != "contempt"], 2000)
    own = np.where(rng.random(2000) < 0.66, names, rng.permutation(names))
    return np.full(2000, "Training"), names, code(own)


def test_true_order_is_accepted(tmp_path, large):
    usages, names, own = large
    path = write_labels(tmp_path / "fer2013new.csv", usages, names)
    assert (read_ferplus(path, usages, own) == code(names)).all()


def test_a_shuffle_is_noticed_by_the_labels(tmp_path, large):
    usages, names, own = large
    path = write_labels(tmp_path / "fer2013new.csv", usages, names)
    with pytest.raises(DataFormatError, match="is not in the order of these images"):
        read_ferplus(path, usages, np.random.default_rng(1).permutation(own))


def test_a_shift_in_a_part_is_noticed_by_the_labels(tmp_path, large):
    usages, names, own = large
    path = write_labels(tmp_path / "fer2013new.csv", usages, names)
    shifted = np.concatenate([own[:1400], np.roll(own[1400:], 1)])
    with pytest.raises(DataFormatError, match="rows 1501 to 2000"):
        read_ferplus(path, usages, shifted)


@pytest.mark.parametrize(
    "line", ["Training,fer0000006.png,1,2", "Training,fer.png" + ",1" * 10, "Training," + ",x" * 10]
)
def test_bad_rows_are_named_by_file_and_line(tmp_path, line):
    path = write_labels(tmp_path / "fer2013new.csv", USAGES, SIX)
    with open(path, "a") as stream:
        stream.write(line + "\n")
    with pytest.raises(DataFormatError, match=r"fer2013new\.csv, line 8: expected a usage"):
        read_ferplus(path, USAGES, code(SIX))


@pytest.mark.parametrize(("text", "message"), [(HEADER, "no rows"), ("a,b\n", "no column Usage")])
def test_empty_tables(tmp_path, text, message):
    path = tmp_path / "fer2013new.csv"
    path.write_text(text)
    with pytest.raises(DataFormatError, match=message):
        read_ferplus(path, USAGES, code(SIX))


@pytest.fixture
def home(tmp_path, noise):
    codes = [3, 0, 2, 4, 3, 0]
    rows = [
        f"{own},{' '.join(map(str, noise(seed).ravel()))},{usage}"
        for seed, (own, usage) in enumerate(zip(codes, USAGES, strict=True))
    ]
    folder = tmp_path / "fer2013"
    folder.mkdir()
    (folder / "fer2013.csv").write_text("\n".join(["emotion,pixels,Usage", *rows]))
    return folder


def test_loader_leaves_out_what_has_no_majority(home, noise):
    write_labels(home / "fer2013new.csv", USAGES, SIX, rejected=[2])
    images, names = load_fer2013(home, labels="ferplus", return_X_y=True)
    assert names.tolist() == ["happy", "contempt", "sad", "happy", "angry"]
    np.testing.assert_array_equal(images[2], noise(3))
    bunch = load_fer2013(home, labels="ferplus", split="PublicTest")
    assert bunch.split.tolist() == ["PublicTest"] * 2
    assert load_fer2013(home).target[1] == 0


def test_labels_in_a_folder_of_their_own(home):
    (home.parent / "ferplus").mkdir()
    write_labels(home.parent / "ferplus" / "fer2013new.csv", USAGES, SIX)
    assert len(load_fer2013(home.parent, labels="ferplus").images) == 6


def test_missing_labels(home):
    with pytest.raises(DataNotFoundError, match=r"github.com/microsoft/FERPlus"):
        load_fer2013(home, labels="ferplus")
