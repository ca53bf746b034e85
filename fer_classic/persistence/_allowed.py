"""The classes that a model file may contain without being trusted.

A file gives the name of a class, and an empty object of it is created by ``object.__new__``: no
constructor, no ``__setstate__`` and no ``__reduce__`` runs. The requirements for an entry are:

- it is a plain Python class whose state is the ``__dict__`` of its objects;
- its objects are not callable, so that nothing in a file can be used where a function is expected;
- its ``predict``, ``transform``, ... do not open files for writing, and do not look up an
  attribute, module or function by a name in their state, unless
  :mod:`~fer_classic.persistence.rules` checks that name.

Names are public ones, so that files remain valid if a class moves within its package.
"""

import importlib
from functools import lru_cache

from fer_classic.exceptions import ModelFileError
from fer_classic.persistence._older import RENAMED_CLASSES

__all__ = ["ALLOWED", "allowed_class", "allowed_name"]

ALLOWED = {
    "fer_classic.classifiers": (
        "AdaptedClassifier",
        "BlockwiseClassifier",
        "LeastSquaresSVC",
        "ScoreFusion",
        "TestTimeAugmentation",
        "TrainingAugmentation",
    ),
    "fer_classic.faces": (
        "BlazeFaceDetector",
        "FaceAligner",
        "FaceCropper",
        "HaarDetector",
        "MTCNNDetector",
        "PyramidDetector",
        "YuNetDetector",
    ),
    "fer_classic.features": (
        "BagOfVisualWords",
        "DenseSIFT",
        "FisherVectors",
        "Flatten",
        "GaborBank",
        "HOGDescriptor",
        "LBPHistogram",
        "PatchDictionary",
        "ReducedFeatures",
        "SymmetricFeatures",
    ),
    "fer_classic.neural": ("CNNClassifier",),
    "fer_classic.preprocessing": ("Denoiser", "Equalizer"),
    "imblearn.over_sampling": ("RandomOverSampler", "SMOTE"),
    "imblearn.pipeline": ("Pipeline",),
    "sklearn.calibration": (
        "CalibratedClassifierCV",
        "_CalibratedClassifier",
        "_SigmoidCalibration",
        "_TemperatureScaling",
    ),
    "sklearn.compose": ("ColumnTransformer",),
    "sklearn.decomposition": (
        "FactorAnalysis",
        "FastICA",
        "IncrementalPCA",
        "KernelPCA",
        "NMF",
        "PCA",
        "TruncatedSVD",
    ),
    "sklearn.discriminant_analysis": (
        "LinearDiscriminantAnalysis",
        "QuadraticDiscriminantAnalysis",
    ),
    "sklearn.dummy": ("DummyClassifier",),
    "sklearn.ensemble": (
        "AdaBoostClassifier",
        "BaggingClassifier",
        "ExtraTreesClassifier",
        "GradientBoostingClassifier",
        "RandomForestClassifier",
        "StackingClassifier",
        "VotingClassifier",
    ),
    # SelectKBest is excluded: one of its parameters is a function.
    "sklearn.feature_selection": ("RFE", "SelectFromModel", "VarianceThreshold"),
    "sklearn.frozen": ("FrozenEstimator",),
    "sklearn.isotonic": ("IsotonicRegression",),
    "sklearn.kernel_approximation": (
        "AdditiveChi2Sampler",
        "Nystroem",
        "PolynomialCountSketch",
        "RBFSampler",
        "SkewedChi2Sampler",
    ),
    "sklearn.linear_model": (
        "LogisticRegression",
        "LogisticRegressionCV",
        "Perceptron",
        "RidgeClassifier",
        "RidgeClassifierCV",
        "SGDClassifier",
    ),
    "sklearn.model_selection": (
        "GridSearchCV",
        "GroupKFold",
        "KFold",
        "LeaveOneGroupOut",
        "RandomizedSearchCV",
        "StratifiedGroupKFold",
        "StratifiedKFold",
        "StratifiedShuffleSplit",
    ),
    "sklearn.multiclass": ("OneVsOneClassifier", "OneVsRestClassifier", "_ConstantPredictor"),
    "sklearn.naive_bayes": ("BernoulliNB", "ComplementNB", "GaussianNB", "MultinomialNB"),
    "sklearn.neighbors": (
        "KNeighborsClassifier",
        "NearestCentroid",
        "NearestNeighbors",
        "RadiusNeighborsClassifier",
    ),
    "sklearn.neural_network": ("MLPClassifier",),
    "sklearn.pipeline": ("FeatureUnion", "Pipeline"),
    "sklearn.preprocessing": (
        "Binarizer",
        "FunctionTransformer",
        "KernelCenterer",
        "LabelBinarizer",
        "LabelEncoder",
        "MaxAbsScaler",
        "MinMaxScaler",
        "Normalizer",
        "PolynomialFeatures",
        "PowerTransformer",
        "QuantileTransformer",
        "RobustScaler",
        "StandardScaler",
    ),
    "sklearn.random_projection": ("GaussianRandomProjection", "SparseRandomProjection"),
    "sklearn.svm": ("LinearSVC", "NuSVC", "SVC"),
    "sklearn.tree": ("DecisionTreeClassifier", "DecisionTreeRegressor", "ExtraTreeClassifier"),
}
"""Names of classes by their public module."""


@lru_cache(maxsize=1)
def _modules():
    """Return the module of each class name."""
    modules = {}
    for module, names in ALLOWED.items():
        for name in names:
            modules.setdefault(name, []).append(module)
    return modules


def allowed_name(cls):
    """Return the name of a class in files, or None if it is not allowed."""
    for module in _modules().get(cls.__name__, ()):
        # Another package may use the same name, and may not be installed.
        if cls.__module__.partition(".")[0] == module.partition(".")[0] and cls is _find(
            module, cls.__name__
        ):
            return f"{module}.{cls.__name__}"
    return None


def allowed_class(name):
    """Return the class of a name in a file, or None if it is not allowed.

    Raises
    ------
    ModelFileError
        If the package that provides the class is not installed.
    """
    module, _, short = RENAMED_CLASSES.get(name, name).rpartition(".")
    if short not in ALLOWED.get(module, ()):
        return None
    try:
        return _find(module, short)
    except ImportError as error:
        package = module.partition(".")[0].replace("imblearn", "imbalanced-learn")
        raise ModelFileError(
            f"the model contains a {short}, which requires {package}: {error}."
        ) from error


def _find(module, name):
    return getattr(importlib.import_module(module), name)
