"""Forged files whose checksum is right: refused before the model is asked anything."""

import copy
import json

import numpy as np
import pytest

from fer_classic.exceptions import ModelFileError, UntrustedModelError
from fer_classic.persistence import load_model, save_model
from tests.persistence.hostile import make_models, pack, unpack


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Bytes of a model file of each kind."""
    path = tmp_path_factory.mktemp("models") / "model.joblib"
    made = {}
    for name, model in make_models():
        save_model(model, path)
        made[name] = path.read_bytes()
    return made


class Forgery:
    """A model file whose parts can be exchanged."""

    def __init__(self, data):
        self.content, self.data = unpack(data)
        self.objects = self.content["content"]["objects"]

    def state(self, short, attribute=None):
        """State of the first object of a class, or of the first that has an attribute."""
        states = [
            entry["state"] for entry in self.objects if entry["class"].rpartition(".")[2] == short
        ]
        return next(state for state in states if attribute is None or attribute in state)

    def array(self, node):
        """The array of a node, as a view that can be written to."""
        offset = 0
        for position, entry in enumerate(self.content["arrays"]):
            dtype = entry["dtype"]
            if isinstance(dtype, dict):
                names, formats, offsets = zip(*dtype["fields"], strict=True)
                fields = {"names": names, "formats": formats, "offsets": offsets}
                dtype = fields | {"itemsize": dtype["size"]}
            dtype = np.dtype(dtype)
            count = int(np.prod(entry["shape"]))
            if position == node["array"]:
                view = np.frombuffer(self.data, dtype, count, offset)
                return view.reshape(entry["shape"], order=entry["order"])
            offset += count * dtype.itemsize
            offset += -offset % 64
        raise KeyError(node)

    def add_array(self, array):
        self.content["arrays"].append(
            {"dtype": array.dtype.str, "shape": list(array.shape), "order": "C"}
        )
        self.data = self.data + array.tobytes() + bytes(-array.nbytes % 64)
        return {"array": len(self.content["arrays"]) - 1}

    def write(self, path):
        path.write_bytes(pack(self.content, self.data))


def refused(forgery, path, match, error=ModelFileError):
    forgery.write(path)
    with pytest.raises(error, match=match):
        load_model(path)


def test_a_file_packed_again_is_read(files, tmp_path):
    for data in files.values():
        Forgery(data).write(tmp_path / "model.joblib")
        load_model(tmp_path / "model.joblib")


@pytest.mark.parametrize(
    "name",
    [
        "builtins.eval",
        "os.system",
        "functools.partial",
        "numpy.memmap",
        "joblib.memory.Memory",
        "sklearn.svm.SVC.fit",
        "sklearn.metrics._scorer._Scorer",
        "../../evil.Class",
        "",
    ],
)
def test_classes_off_the_list_are_named(name, files, tmp_path):
    forgery = Forgery(files["svc"])
    forgery.objects[0]["class"] = name
    refused(forgery, tmp_path / "model.joblib", "--trust", UntrustedModelError)


@pytest.mark.parametrize(
    "name",
    ["__class__", "__dict__", "__setstate__", "predict", "fit", "named_steps", "a b", "x.y", ""],
)
def test_attributes_that_hide_the_code_of_the_class_are_refused(name, files, tmp_path):
    forgery = Forgery(files["svc"])
    forgery.state("Pipeline")[name] = "os.system"
    refused(forgery, tmp_path / "model.joblib", "cannot be given")


@pytest.mark.parametrize(
    ("model", "short", "attribute", "value"),
    [
        ("stacking", "StackingClassifier", "stack_method_", ["tofile", "predict"]),
        ("stacking", "StackingClassifier", "stack_method", "tofile"),
        ("svc", "Pipeline", "memory", "/tmp/cache"),
        ("svc", "SVC", "kernel", "precomputed"),
        ("svc", "SVC", "kernel", "nonsense"),
        ("svc", "SVC", "_sparse", True),
        ("svc", "SVC", "_gamma", "auto"),
        ("svc", "SVC", "n_features_in_", 5),
        ("svc", "SVC", "n_features_in_", -1),
        ("svc", "SVC", "n_features_in_", 2**62),
        ("svc", "FaceCropper", "size", 10**9),
        ("svc", "FaceCropper", "margin", 10**9),
        ("svc", "FaceCropper", "detector", ["haar"]),
        ("rows", "LBPHistogram", "grid", {"tuple": [10**6, 10**6]}),
        ("rows", "LBPHistogram", "radius", 10**9),
        ("rows", "LBPHistogram", "image_shape_", {"tuple": [10**6, 10**6]}),
        ("rows", "LeastSquaresSVC", "temperature_", {"float": "nan"}),
        ("rows", "LeastSquaresSVC", "temperature_", -1.0),
        ("rows", "LeastSquaresSVC", "kernel_", "poly"),
        ("forest", "RandomForestClassifier", "n_jobs", 10**9),
        ("forest", "RandomForestClassifier", "n_classes_", 9),
        ("forest", "RandomForestClassifier", "estimators_", []),
        ("boosting", "GradientBoostingClassifier", "n_classes_", 2),
        ("boosting", "GradientBoostingClassifier", "loss", "nonsense"),
        ("neighbours", "KNeighborsClassifier", "n_neighbors", 10**9),
        ("neighbours", "KNeighborsClassifier", "_fit_method", "tofile"),
        ("neighbours", "KNeighborsClassifier", "effective_metric_", "nonsense"),
        ("perceptron", "MLPClassifier", "coefs_", []),
        ("perceptron", "MLPClassifier", "activation", "nonsense"),
        ("perceptron", "MLPClassifier", "out_activation_", "nonsense"),
    ],
)
def test_values_that_a_class_cannot_have_are_refused(
    model, short, attribute, value, files, tmp_path
):
    forgery = Forgery(files[model])
    forgery.state(short, attribute)[attribute] = value
    refused(forgery, tmp_path / "model.joblib", r"model\.joblib holds no model that can be used")


def cut(array):
    return array[:-1]


def not_finite(array):
    return np.full_like(array, np.nan)


@pytest.mark.parametrize("change", [cut, not_finite, np.atleast_3d])
@pytest.mark.parametrize(
    ("model", "short", "attribute"),
    [
        ("svc", "SVC", "support_vectors_"),
        ("svc", "SVC", "_dual_coef_"),
        ("svc", "StandardScaler", "scale_"),
        ("linear", "LinearSVC", "coef_"),
        ("rows", "LeastSquaresSVC", "dual_coef_"),
        ("rows", "LeastSquaresSVC", "X_fit_"),
        ("bytes", "PCA", "components_"),
        ("neighbours", "KNeighborsClassifier", "_fit_X"),
    ],
)
def test_arrays_of_other_shapes_and_kinds_are_refused(
    model, short, attribute, change, files, tmp_path
):
    forgery = Forgery(files[model])
    state = forgery.state(short, attribute)
    changed = change(forgery.array(state[attribute]))
    state[attribute] = forgery.add_array(np.ascontiguousarray(changed))
    refused(forgery, tmp_path / "model.joblib", r"model\.joblib")


@pytest.mark.parametrize(
    ("attribute", "dtype"),
    [("support_vectors_", "<f4"), ("_dual_coef_", "<f4"), ("support_", "<i8"), ("_probA", "<f4")],
)
def test_libsvm_is_given_no_array_of_another_precision(attribute, dtype, files, tmp_path):
    forgery = Forgery(files["svc"])
    state = forgery.state("SVC", attribute)
    array = forgery.array(state[attribute]).astype(dtype)
    state[attribute] = forgery.add_array(array)
    refused(forgery, tmp_path / "model.joblib", "precision|_probA")


@pytest.mark.parametrize("counts", [[10, 10, 2**30], [-5, 20, 15], [30, 30, 30]], ids=str)
def test_counts_that_libsvm_would_follow_out_of_its_arrays(counts, files, tmp_path):
    forgery = Forgery(files["svc"])
    forgery.array(forgery.state("SVC", "_n_support")["_n_support"])[:] = counts
    refused(forgery, tmp_path / "model.joblib", "_n_support")


@pytest.mark.parametrize("value", [-1, 3, 2**40])
def test_codes_of_classes_that_are_not_there(value, files, tmp_path):
    forgery = Forgery(files["neighbours"])
    forgery.array(forgery.state("KNeighborsClassifier")["_y"])[0] = value
    refused(forgery, tmp_path / "model.joblib", "a class that is not there")


@pytest.mark.parametrize(
    ("field", "value", "match"),
    [
        ("left_child", 10**9, "a child is missing"),
        ("right_child", -7, "a child is missing"),
        ("left_child", 0, "a child is missing"),
        ("right_child", -1, "a node has one child"),
        ("feature", 256, "asks for no feature"),
        ("feature", -1, "asks for no feature"),
        ("threshold", np.nan, "not a number"),
    ],
)
@pytest.mark.parametrize("model", ["forest", "boosting"])
def test_trees_that_would_be_left_are_refused(model, field, value, match, files, tmp_path):
    forgery = Forgery(files[model])
    short = "DecisionTreeClassifier" if model == "forest" else "DecisionTreeRegressor"
    parts = dict(forgery.state(short, "tree_")["tree_"]["tree"])
    forgery.array(parts["nodes"])[field][0] = value
    refused(forgery, tmp_path / "model.joblib", match)


def test_trees_of_other_sizes_are_refused(files, tmp_path):
    for name, value in (("n_features", 2), ("n_features", 10**9), ("n_outputs", 3)):
        forgery = Forgery(files["forest"])
        for part in forgery.state("DecisionTreeClassifier", "tree_")["tree_"]["tree"]:
            if part[0] == name:
                part[1] = value
        refused(forgery, tmp_path / "model.joblib", "DecisionTreeClassifier|decision tree|asks for")


@pytest.mark.parametrize(
    "node",
    [
        {"call": ["os.system", "true"]},
        {"object": 0, "array": 0},
        {"object": 10**6},
        {"object": -1},
        {"object": True},
        {"array": 10**6},
        {"float": "tofile"},
        {"generator": {"dict": [["bit_generator", "RandomState"]]}},
        {"random_state": {"dict": [["bit_generator", "MT19937"], ["state", 3]]}},
        {"masked": [1, 2]},
        {"objects": {"shape": [2**60], "items": []}},
        {"csr_matrix": {"shape": [1, 1], "parts": [{"array": 0}] * 3}},
        {},
    ],
    ids=lambda node: json.dumps(node)[:40],
)
def test_nodes_that_stand_for_nothing_are_refused(node, files, tmp_path):
    forgery = Forgery(files["svc"])
    forgery.state("Pipeline")["verbose_"] = node
    refused(forgery, tmp_path / "model.joblib", "holds no model that can be used")


def test_objects_refer_only_to_those_before_them(files, tmp_path):
    forgery = Forgery(files["svc"])
    forgery.objects[0]["state"]["itself"] = {"object": 0}
    refused(forgery, tmp_path / "model.joblib", "there is nothing at 0")


def test_nesting_ends(files, tmp_path):
    node = []
    for _ in range(500):
        node = [node]
    forgery = Forgery(files["svc"])
    forgery.state("Pipeline")["deep"] = node
    refused(forgery, tmp_path / "model.joblib", "nested too deeply")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("emotions", ["fear", "happy"]),
        ("emotions", None),
        ("emotions", [1, 2, 3]),
        ("crop", {"size": "48"}),
        ("crop", {"size": 10**9, "margin": 0}),
        ("crop", {"size": [48, 48], "margin": "wide"}),
        ("crop", {"size": [48], "margin": 0.0}),
        ("dataset", "fer2013"),
        ("versions", []),
    ],
)
def test_cards_that_make_no_sense_are_refused(field, value, files, tmp_path):
    forgery = Forgery(files["linear"])
    forgery.content["card"][field] = value
    refused(forgery, tmp_path / "model.joblib", "the card of the model file makes no sense")


def test_a_card_that_is_none(files, tmp_path):
    for value in (None, [], "card"):
        forgery = Forgery(files["linear"])
        forgery.content["card"] = value
        refused(forgery, tmp_path / "model.joblib", "it is not a table")


@pytest.mark.parametrize("drop", ["probes", "model"])
def test_a_file_without_its_probes_or_its_model(drop, files, tmp_path):
    forgery = Forgery(files["linear"])
    pairs = forgery.content["content"]["root"]["dict"]
    pairs[:] = [pair for pair in pairs if pair[0] != drop]
    refused(forgery, tmp_path / "model.joblib", f"KeyError: '{drop}'")


def test_other_coefficients_are_noticed_by_the_probes(files, tmp_path):
    forgery = Forgery(files["linear"])
    forgery.array(forgery.state("LinearSVC")["coef_"])[0] *= 1.5
    refused(forgery, tmp_path / "model.joblib", "does not answer as it did")


def test_a_pickle_inside_needs_trust(files, tmp_path):
    forgery = Forgery(files["linear"])
    forgery.content["content"] = None
    refused(forgery, tmp_path / "model.joblib", "pickle", UntrustedModelError)
    assert copy.copy(forgery.content["card"])["emotions"] == ["fear", "happy", "sad"]
