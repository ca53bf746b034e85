"""Forged files whose checksum is right: refused before the model is used."""

import copy
import json
import os

import numpy as np
import pytest
from sklearn import (
    decomposition,
    dummy,
    ensemble,
    kernel_approximation,
    neighbors,
    pipeline,
    preprocessing,
    svm,
)
from sklearn.compose import make_column_transformer

from fer_classic.base import ImageFilter, ImageTransformer
from fer_classic.classifiers import LeastSquaresSVC, ScoreFusion, TestTimeAugmentation
from fer_classic.exceptions import ModelFileError, UntrustedModelError
from fer_classic.faces import FaceCropper, HaarDetector
from fer_classic.features import DenseSIFT, Flatten, GaborBank, HOGDescriptor, LBPHistogram
from fer_classic.persistence import load_model, read_card, save_model
from fer_classic.preprocessing import Denoiser, Equalizer
from tests.persistence.hostile import NAMES, make_images, make_models, pack, unpack


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

    def add_object(self, name, **state):
        self.objects.append({"class": name, "state": state})
        return {"object": len(self.objects) - 1}

    def model(self, node=None):
        """The node of the model; exchanged if another one is given."""
        pair = next(pair for pair in self.content["content"]["root"]["dict"] if pair[0] == "model")
        pair[1] = pair[1] if node is None else node
        return pair[1]

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
    [
        *["__class__", "__dict__", "__setstate__", "predict", "fit", "named_steps", "a b", "x.y"],
        *["", "__array_interface__", "__array__", "__sklearn_is_fitted__"],
    ],
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
        ("adapted", "AdaptedClassifier", "weight_", {"float": "nan"}),
        ("adapted", "AdaptedClassifier", "weight_", -0.1),
        ("rows", "LeastSquaresSVC", "temperature_", {"float": "nan"}),
        ("rows", "LeastSquaresSVC", "temperature_", -1.0),
        ("rows", "LeastSquaresSVC", "kernel_", "poly"),
        ("rows", "LeastSquaresSVC", "block_widths_", None),
        ("rows", "LeastSquaresSVC", "block_weights_", [1.0]),
        ("forest", "RandomForestClassifier", "n_jobs", 10**9),
        ("forest", "RandomForestClassifier", "n_classes_", 9),
        ("forest", "RandomForestClassifier", "estimators_", []),
        ("boosting", "GradientBoostingClassifier", "n_classes_", 2),
        ("boosting", "GradientBoostingClassifier", "loss", "nonsense"),
        ("neighbours", "KNeighborsClassifier", "n_neighbors", 10**9),
        ("neighbours", "KNeighborsClassifier", "_fit_method", "tofile"),
        ("neighbours", "KNeighborsClassifier", "effective_metric_", "nonsense"),
        ("calibrated", "IsotonicRegression", "X_min_", 3),
        ("calibrated", "IsotonicRegression", "X_max_", 1e300),
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
    refused(forgery, tmp_path / "model.joblib", r"model\.joblib does not contain a valid model")


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
        ("adapted", "AdaptedClassifier", "coef_"),
        ("adapted", "AdaptedClassifier", "mean_"),
        ("rows", "LeastSquaresSVC", "dual_coef_"),
        ("rows", "LeastSquaresSVC", "X_fit_"),
        ("rows", "LeastSquaresSVC", "block_weights_"),
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
    ("attribute", "values"),
    [
        ("block_widths_", [235]),
        ("block_widths_", [237, -1]),
        ("block_widths_", [118, 118]),
        ("block_weights_", [0.0]),
        ("block_weights_", [0.5, 0.5]),
    ],
)
def test_blocks_that_do_not_fit_are_refused(attribute, values, files, tmp_path):
    forgery = Forgery(files["rows"])
    state = forgery.state("LeastSquaresSVC", attribute)
    assert forgery.array(state["block_widths_"]).tolist() == [236]
    changed = np.array(values, forgery.array(state[attribute]).dtype)
    state[attribute] = forgery.add_array(changed)
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
    refused(forgery, tmp_path / "model.joblib", "contains an unknown class")


@pytest.mark.parametrize(
    ("field", "value", "match"),
    [
        ("left_child", 10**9, "a child is missing"),
        ("right_child", -7, "a child is missing"),
        ("left_child", 0, "a child is missing"),
        ("right_child", -1, "a node has one child"),
        ("feature", 256, "uses an unknown feature"),
        ("feature", -1, "uses an unknown feature"),
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
    refused(forgery, tmp_path / "model.joblib", "does not contain a valid model")


def test_objects_refer_only_to_those_before_them(files, tmp_path):
    forgery = Forgery(files["svc"])
    forgery.objects[0]["state"]["itself"] = {"object": 0}
    refused(forgery, tmp_path / "model.joblib", "there is no item 0")


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
        ("expressions", ["fear", "happy"]),
        ("expressions", None),
        ("expressions", [1, 2, 3]),
        ("crop", {"size": "48"}),
        ("crop", {"size": 10**9, "margin": 0}),
        ("crop", {"size": [48, 48], "margin": "wide"}),
        ("crop", {"size": [48], "margin": 0.0}),
        ("crop", {"size": 48, "margin": 0.0, "eye_distance": 0.5}),
        ("crop", {"size": 48, "margin": 0.0, "eye_height": 0.3}),
        ("crop", {"size": 48, "margin": 0.0, "eye_distance": 0, "eye_height": 0.3}),
        ("crop", {"size": 48, "margin": 0.0, "eye_distance": 0.5, "eye_height": "0.3"}),
        ("crop", {"size": 48, "margin": 0.0, "eye_distance": 0.5, "eye_height": 9}),
        ("min_probability", 0.5),
        ("min_probability", {"coverage": 0.5}),
        ("min_probability", {"value": 1.5}),
        ("min_probability", {"value": "0.5"}),
        ("min_probability", {"value": 0.5, "error": -1}),
        ("dataset", "fer2013"),
        ("versions", []),
        ("versions", {"scikit-learn": "1.9\x1b[2J"}),
        ("versions", {"scikit-learn": 1.9}),
    ],
)
def test_cards_that_make_no_sense_are_refused(field, value, files, tmp_path):
    forgery = Forgery(files["linear"])
    forgery.content["card"][field] = value
    refused(forgery, tmp_path / "model.joblib", "the card of the model file is invalid")


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
    refused(forgery, tmp_path / "model.joblib", "does not reproduce its stored scores")


def test_a_pickle_inside_needs_trust(files, tmp_path):
    forgery = Forgery(files["linear"])
    forgery.content["content"] = None
    refused(forgery, tmp_path / "model.joblib", "pickle", UntrustedModelError)
    assert copy.copy(forgery.content["card"])["expressions"] == ["fear", "happy", "sad"]


def anywhere(shape):
    """What makes numpy read memory at any address, if it finds it on an object."""
    return {
        "dict": [
            ["data", {"tuple": [4096, False]}],
            ["shape", {"tuple": shape}],
            ["typestr", "<f8"],
            ["version", 3],
        ]
    }


def test_a_bunch_does_not_say_where_its_memory_is(tmp_path):
    forgery = forge(dummy.DummyClassifier(), tmp_path)
    bunch = {"bunch": [["__array_interface__", anywhere([3])]]}
    forgery.state("DummyClassifier")["class_prior_"] = bunch
    refused(forgery, tmp_path / "model.joblib", "a Bunch has an invalid key")


def forge(model, tmp_path):
    """A model file of a step, or of a classifier, that can be changed."""
    steps = [model] if hasattr(model, "predict") else [model, svm.LinearSVC(random_state=0)]
    if isinstance(model, ImageFilter):
        steps.insert(1, Flatten())
    elif not isinstance(model, ImageTransformer):
        steps.insert(0, Flatten())
    made = pipeline.make_pipeline(FaceCropper(HaarDetector(), size=16), *steps)
    made.fit(make_images(), NAMES)
    save_model(made, tmp_path / "model.joblib")
    return Forgery((tmp_path / "model.joblib").read_bytes())


@pytest.mark.parametrize("classes", [["fear", "happy", "sad"], None], ids=["list", "missing"])
def test_libsvm_gets_the_number_of_classes(classes, files, tmp_path):
    # Else it takes as many rows of coefficients as there are counts.
    forgery = Forgery(files["svc"])
    state = forgery.state("SVC", "classes_")
    state["classes_"] = classes
    n = forgery.array(state["_dual_coef_"]).shape[1]
    state["_dual_coef_"] = state["dual_coef_"] = forgery.add_array(np.zeros((1, n)))
    counts = np.array([1] * n + [0] * 40_000, dtype=np.int32)
    state["_n_support"] = forgery.add_array(counts)
    refused(forgery, tmp_path / "model.joblib", "classes_")
    del state["classes_"]
    refused(forgery, tmp_path / "model.joblib", "it is not fitted")


@pytest.mark.parametrize("algorithm", ["brute", "ball_tree"])
@pytest.mark.parametrize(
    ("metric", "name", "shape"),
    [
        ("mahalanobis", "VI", (1, 1)),
        ("mahalanobis", "VI", (256, 2)),
        ("seuclidean", "V", (3,)),
        ("minkowski", "w", (255,)),
        ("euclidean", "sample_weight", (30,)),
        ("pyfunc", "func", (1,)),
    ],
)
def test_arrays_of_metrics_fit_the_features(algorithm, metric, name, shape, tmp_path):
    forgery = forge(neighbors.KNeighborsClassifier(3, algorithm=algorithm), tmp_path)
    state = forgery.state("KNeighborsClassifier")
    settings = {"dict": [[name, forgery.add_array(np.ones(shape))]]}
    state |= {"metric": metric, "effective_metric_": metric}
    state |= {"metric_params": settings, "effective_metric_params_": settings}
    refused(forgery, tmp_path / "model.joblib", "its metric")


def test_neighbours_are_no_more_than_there_are_rows(tmp_path):
    forgery = forge(neighbors.KNeighborsClassifier(3, algorithm="brute"), tmp_path)
    forgery.state("KNeighborsClassifier").update(n_neighbors=10**9, n_samples_fit_=10**9)
    refused(forgery, tmp_path / "model.joblib", "n_samples_fit_")


@pytest.mark.parametrize("place", [10**9, -(10**9), -1, 625, 0.0, True])
def test_generators_read_inside_of_their_buffers(place, files, tmp_path):
    forgery = Forgery(files["svc"])
    key = forgery.add_array(np.zeros(624, np.uint32))
    inner = {"dict": [["key", key], ["pos", place]]}
    twister = {"dict": [["bit_generator", "MT19937"], ["state", inner]]}
    twister["dict"] += [["has_gauss", 0], ["gauss", 0.0]]
    for kind in ("random_state", "generator"):
        forgery.state("Pipeline")["drawn_"] = {kind: twister}
        refused(forgery, tmp_path / "model.joblib", "MT19937 generator has the invalid position")


def test_places_in_the_buffer_of_philox(files, tmp_path):
    forgery = Forgery(files["svc"])
    arrays = [forgery.add_array(np.zeros(n, np.uint64)) for n in (4, 2, 4)]
    philox = [
        ["bit_generator", "Philox"],
        ["state", {"dict": [["counter", arrays[0]], ["key", arrays[1]]]}],
        ["buffer", arrays[2]],
        ["buffer_pos", 4],
        ["has_uint32", 0],
        ["uinteger", 0],
    ]
    forgery.state("Pipeline")["drawn_"] = {"generator": {"dict": philox}}
    forgery.write(tmp_path / "model.joblib")
    load_model(tmp_path / "model.joblib")
    philox[3][1] = -(2**31)
    refused(forgery, tmp_path / "model.joblib", "Philox generator has the invalid position")


def test_the_first_guess_of_boosting_has_a_column_for_each_class(files, tmp_path):
    forgery = Forgery(files["boosting"])
    state = forgery.state("DummyClassifier")
    state["class_prior_"] = forgery.add_array(np.ones(1))
    refused(forgery, tmp_path / "model.joblib", "class_prior_")
    state["classes_"], state["n_classes_"] = forgery.add_array(np.zeros(1)), 1
    refused(forgery, tmp_path / "model.joblib", "GradientBoostingClassifier: init_")
    forgery = Forgery(files["boosting"])
    last = next(p for p in forgery.objects if p["class"].endswith("GradientBoostingClassifier"))
    last["state"]["init_"] = {"object": 0}
    refused(forgery, tmp_path / "model.joblib", "GradientBoostingClassifier: init_")


@pytest.mark.parametrize(
    ("model", "attribute", "value"),
    [
        (dummy.DummyClassifier(), "n_classes_", 10**8),
        (dummy.DummyClassifier(), "constant", 10**9),
        (dummy.DummyClassifier(), "n_outputs_", 10**9),
        (ensemble.BaggingClassifier(n_estimators=2, random_state=0), "n_classes_", 10**8),
        (decomposition.NMF(2, tol=1.0, random_state=0), "max_iter", 10**9),
        (kernel_approximation.AdditiveChi2Sampler(), "sample_steps", 10**5),
        (kernel_approximation.PolynomialCountSketch(n_components=9), "n_components", 10**6),
        (kernel_approximation.PolynomialCountSketch(n_components=9), "degree", 10**6),
        (LeastSquaresSVC(), "blocks", 10**8),
        (preprocessing.PolynomialFeatures(1), "_n_out_full", 10**8),
        (preprocessing.PolynomialFeatures(1), "_n_out_full", -1),
        (pipeline.FeatureUnion([("a", "passthrough")]), "transformer_list", "passthrough"),
        (LBPHistogram(grid=(2, 2)), "radius", 4000),
        (LBPHistogram(grid=(2, 2)), "radius", {"tuple": [1, 4000]}),
        (LBPHistogram(points=16, grid=(9, 9)), "method", "default"),
        (GaborBank(wavelengths=(4,), orientations=180, grid=(16, 16)), "wavelengths", [2.0] * 64),
        (GaborBank(grid=(2, 2)), "wavelengths", [4096.0] * 2),
        (GaborBank(grid=(2, 2)), "bandwidth", 1e-3),
        (HOGDescriptor(pixels_per_cell=(1, 1)), "cells_per_block", {"tuple": [16, 16]}),
        (DenseSIFT(bin_size=1, stride=1), "bins", {"tuple": [8, 8]}),
        (Equalizer(), "tiles", 4096),
        (Denoiser("bilateral"), "sigma", 4096.0),
    ],
    ids=lambda value: getattr(type(value), "__name__", None),
)
def test_amounts_that_take_hours_or_gigabytes_are_refused(model, attribute, value, tmp_path):
    forgery = forge(model, tmp_path)
    if attribute == "transformer_list":
        value = [{"tuple": ["a", value]}] * 1000
    forgery.state(type(model).__name__, attribute)[attribute] = value
    name = type(model).__name__
    refused(forgery, tmp_path / "model.joblib", f"{name}: |parameter of {name} must be")


@pytest.mark.parametrize(
    ("short", "attribute", "value"),
    [("FaceCropper", "margin", 100.0), ("HaarDetector", "scale_factor", 1.0001)],
)
def test_faces_are_cut_and_searched_in_bounds(short, attribute, value, tmp_path):
    forgery = forge(svm.LinearSVC(random_state=0), tmp_path)
    forgery.state(short)[attribute] = value
    problem = f"{short}: {attribute}|'{attribute}' parameter of {short}"
    refused(forgery, tmp_path / "model.joblib", problem)


def test_columns_that_are_selected_again_and_again(tmp_path):
    step = make_column_transformer((preprocessing.MaxAbsScaler(), [0, 1]))
    forgery = forge(step, tmp_path)
    state = forgery.state("ColumnTransformer", "transformers_")
    state["transformers_"] = [
        {"tuple": ["a", transformer, [0] * 256]}
        for transformer in [state["transformers_"][0]["tuple"][1]] * 100
    ]
    refused(forgery, tmp_path / "model.joblib", "too many columns")


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("weights_", [1.0]),
        ("weights_", [1.0, -1.0]),
        ("weights_", None),
        ("biases_", [0.0]),
        ("estimators_", []),
        ("estimators", []),
        ("cv", 0),
    ],
)
def test_parts_of_a_fusion_and_their_weights(attribute, value, tmp_path):
    parts = [("a", svm.LinearSVC(random_state=0)), ("b", svm.LinearSVC(random_state=1))]
    forgery = forge(ScoreFusion(parts, weights=None), tmp_path)
    numbers = attribute in {"weights_", "biases_"} and value is not None
    value = forgery.add_array(np.array(value)) if numbers else value
    forgery.state("ScoreFusion", "weights_")[attribute] = value
    refused(forgery, tmp_path / "model.joblib", "ScoreFusion")


def test_votes_name_classes_that_are_there(tmp_path):
    voters = [("a", svm.LinearSVC(random_state=0)), ("b", svm.LinearSVC(random_state=1))]
    forgery = forge(ensemble.VotingClassifier(voters), tmp_path)
    state = forgery.state("LinearSVC", "classes_")
    state["classes_"] = forgery.add_array(np.array([0, 1, 10**9]))
    refused(forgery, tmp_path / "model.joblib", "a voter has other classes")


def nested(forgery, wrap, depth):
    node = forgery.model()
    for _ in range(depth):
        node = wrap(forgery, node)
    forgery.model(node)
    return forgery


def in_pipeline(forgery, node):
    steps = [{"tuple": ["a", node]}]
    unset = {"memory": None, "verbose": False, "transform_input": None}
    return forgery.add_object("sklearn.pipeline.Pipeline", steps=steps, **unset)


def in_views(forgery, node):
    settings = {"views": "full", "weights": None, "image_shape": None, "n_features_in_": 256}
    return forgery.add_object(
        "fer_classic.classifiers.TestTimeAugmentation", model=node, **settings
    )


def twice(forgery, node):
    branches = [{"tuple": ["a", node]}, {"tuple": ["b", node]}]
    unset = {"n_jobs": None, "transformer_weights": None, "verbose": False}
    unset["verbose_feature_names_out"] = True
    return forgery.add_object("sklearn.pipeline.FeatureUnion", transformer_list=branches, **unset)


def in_fusion(forgery, node):
    parts = [{"tuple": ["a", node]}, {"tuple": ["b", node]}]
    return forgery.add_object(
        "fer_classic.classifiers.ScoreFusion", estimators=parts, weights=None, biases=None, cv=5
    )


@pytest.mark.parametrize("wrap", [in_fusion, in_pipeline, in_views, twice])
def test_objects_inside_one_another_that_would_be_asked_for_ever(wrap, files, tmp_path):
    forgery = nested(Forgery(files["linear"]), wrap, 24)
    refused(forgery, tmp_path / "model.joblib", "nested objects|too many columns")


def test_objects_inside_one_another_that_are_asked_in_no_time(tmp_path):
    model = svm.LinearSVC(random_state=0)
    for _ in range(3):
        model = pipeline.make_pipeline(pipeline.make_pipeline(preprocessing.MaxAbsScaler()), model)
    model = TestTimeAugmentation(
        pipeline.make_pipeline(FaceCropper(size=16), Flatten(), model), views="full"
    )
    save_model(model.fit(make_images(), NAMES), tmp_path / "model.joblib")


def test_arrays_that_are_named_thousands_of_times(files, tmp_path):
    forgery = Forgery(files["linear"])
    forgery.state("Pipeline")["again_"] = [forgery.add_array(np.zeros(50_000))] * 2000
    refused(forgery, tmp_path / "model.joblib", "referenced too often")


def test_values_without_number(files, tmp_path):
    forgery = Forgery(files["linear"])
    forgery.state("Pipeline")["many_"] = [0] * 2_000_001
    refused(forgery, tmp_path / "model.joblib", "more than 2,000,000 values")


def keyed(kind, keys):
    if kind in ("set", "frozenset"):
        return {kind: keys}
    return {kind: [[key, 0] for key in keys]}


@pytest.mark.parametrize("kind", ["set", "frozenset", "dict", "ordered", "bunch", "tree"])
@pytest.mark.parametrize(
    "keys",
    [
        [k * (2**61 - 1) for k in range(1, 20_000)],
        [{"tuple": [k * (2**61 - 1), 0]} for k in range(1, 20_000)],
        [{"tuple": [k * (2**61 - 1), {"tuple": [0] * 5000}]} for k in range(1, 200)],
        [float(2**k) for k in range(-1000, 1000)],
    ],
    ids=["int", "tuple", "long tuples", "float"],
)
def test_keys_with_the_hashes_of_others(kind, keys, files, tmp_path):
    forgery = Forgery(files["linear"])
    forgery.state("Pipeline")["again_"] = keyed(kind, keys)
    refused(forgery, tmp_path / "model.joblib", "too many keys that are not strings")


def test_keys_with_the_hashes_of_others_in_many_containers(files, tmp_path):
    forgery = Forgery(files["linear"])
    keys = [k * (2**61 - 1) for k in range(1, 600)]
    forgery.state("Pipeline")["again_"] = [keyed("set", keys)] * 3
    forgery.write(tmp_path / "model.joblib")
    load_model(tmp_path / "model.joblib")
    forgery.state("Pipeline")["again_"] = [keyed("set", keys)] * 8
    refused(forgery, tmp_path / "model.joblib", "too many keys that are not strings")


def test_any_number_of_keys_may_be_strings(files, tmp_path):
    forgery = Forgery(files["linear"])
    keys = [str(k) for k in range(50_000)]
    forgery.state("Pipeline")["again_"] = [keyed("dict", keys), keyed("set", keys)]
    forgery.write(tmp_path / "model.joblib")
    load_model(tmp_path / "model.joblib")


COLLIDING = [k * (2**61 - 1) for k in range(1, 20_000)]


@pytest.mark.parametrize(
    ("model", "attribute", "value", "match"),
    [
        (
            pipeline.FeatureUnion([("a", preprocessing.MaxAbsScaler())]),
            "transformer_list",
            [{"tuple": [k, "drop"]} for k in COLLIDING],
            "FeatureUnion: transformer_list",
        ),
        (
            make_column_transformer((preprocessing.MaxAbsScaler(), [0, 1])),
            "transformers_",
            [{"tuple": [k, "drop", [0]]} for k in COLLIDING],
            "ColumnTransformer: transformers_",
        ),
        (
            make_column_transformer((preprocessing.MaxAbsScaler(), [0, 1])),
            "_transformer_to_input_indices",
            {"dict": [["maxabsscaler", COLLIDING]]},
            "_transformer_to_input_indices",
        ),
        (
            preprocessing.StandardScaler(),
            "feature_names_in_",
            {"objects": {"shape": [256], "items": COLLIDING[:256]}},
            "feature_names_in_",
        ),
        (
            ensemble.StackingClassifier([("a", svm.LinearSVC(random_state=0))], cv=2),
            "stack_method_",
            COLLIDING,
            "stack_method_",
        ),
        (dummy.DummyClassifier(), "constant", ["sad"] * 20_000, "constant"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_names_that_are_looked_up_are_strings(model, attribute, value, match, tmp_path):
    forgery = forge(model, tmp_path)
    forgery.state(type(model).__name__)[attribute] = value
    refused(forgery, tmp_path / "model.joblib", match)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_json_has_not(value, files, tmp_path):
    forgery = Forgery(files["linear"])
    forgery.content["card"]["seconds"] = float(value)
    refused(forgery, tmp_path / "model.joblib", f"{value} is not a number")
    with pytest.raises(ModelFileError, match=f"{value} is not a number"):
        read_card(tmp_path / "model.joblib")


def test_numbers_and_texts_of_a_card_that_cannot_be_written_again(files, tmp_path):
    path = tmp_path / "model.joblib"
    forgery = Forgery(files["linear"])
    forgery.content["card"]["recipe"] = "\ud800"
    refused(forgery, path, "the card of the model file is invalid: it contains a value")
    with pytest.raises(ModelFileError, match="the card of the model file is invalid"):
        read_card(path)
    # A number that JSON allows, and that is infinite when it is read.
    forgery.content["card"]["recipe"] = "1e999"
    path.write_bytes(
        pack(json.dumps(forgery.content).replace('"1e999"', "1e999").encode(), forgery.data)
    )
    with pytest.raises(ModelFileError, match="the card of the model file is invalid"):
        load_model(path)


def test_empty_arrays_have_no_sides_without_end(files, tmp_path):
    forgery = Forgery(files["linear"])
    entry = {"dtype": "<f8", "shape": [0, 2**30], "order": "C"}
    forgery.content["arrays"].append(entry)
    refused(forgery, tmp_path / "model.joblib", "cannot have shape")


def test_the_card_of_a_file_without_one(files, tmp_path):
    forgery = Forgery(files["linear"])
    del forgery.content["card"]
    forgery.write(tmp_path / "model.joblib")
    with pytest.raises(ModelFileError, match="the card"):
        read_card(tmp_path / "model.joblib")


def test_a_model_starts_no_more_workers_than_there_are_processors(tmp_path):
    model = ensemble.BaggingClassifier(svm.LinearSVC(random_state=0), n_estimators=2, n_jobs=1)
    forgery = forge(model, tmp_path)
    forgery.state("BaggingClassifier", "estimators_")["n_jobs"] = 250
    forgery.write(tmp_path / "model.joblib")
    loaded = load_model(tmp_path / "model.joblib").model
    assert loaded[-1].n_jobs <= (os.cpu_count() or 1)


def test_records_hold_numbers(files, tmp_path):
    forgery = Forgery(files["linear"])
    dtype = {"fields": [["a", "<U1", 0]], "size": 4}
    forgery.content["arrays"].append({"dtype": dtype, "shape": [16], "order": "C"})
    forgery.data += b"\xff" * 64
    refused(forgery, tmp_path / "model.joblib", "fields that are not numbers")


@pytest.mark.parametrize("name", ["\ud800", "\x1b[2J"])
def test_names_that_cannot_be_printed_are_escaped(name, files, tmp_path):
    forgery = Forgery(files["svc"])
    forgery.objects[0]["class"] = name
    refused(forgery, tmp_path / "model.joblib", r"contains '\\", UntrustedModelError)
