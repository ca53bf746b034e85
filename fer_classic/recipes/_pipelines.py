"""The library's own recipes. Step names are part of the interface.

All ``svm_*`` recipes end alike: standardised features, principal components, and a least-squares
support vector machine with an RBF kernel. The components keep
the model small and the prediction fast. The parameters were settled by trials on 8,000 of FER2013's
Training images, each group of identical images left out in turn by the closed form that also
calibrates the machine. Differences of a few tenths of a point, which such trials cannot tell apart,
were not pursued; no test image was looked at.
"""

from fer_classic.recipes._registry import make_recipe, recipe

_MACHINE_GRID = {"components__n_components": [128, 256, 512], "svm__alpha": [0.1, 0.2, 0.5]}


def _machine(n_components, **settings):
    """The steps that every ``svm_*`` recipe ends with."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.preprocessing import StandardScaler

    from fer_classic.classifiers import LeastSquaresSVC

    # On standardised, hence centred, features this is principal component analysis; unlike PCA it
    # gives fewer components, not an error, on sets smaller than n_components.
    return [
        ("scale", StandardScaler()),
        ("components", TruncatedSVD(n_components, n_iter=4, random_state=0)),
        ("svm", LeastSquaresSVC(**settings)),
    ]


def _lbp():
    from fer_classic.features import LBPHistogram

    return LBPHistogram(radius=(1, 2), overlap=1.0)


def _gabor(wavelengths=(3, 4, 6, 8, 12, 16), grid=(12, 12)):
    from fer_classic.features import GaborBank

    return GaborBank(wavelengths=wavelengths, grid=grid, normalization="sqrt")


def _hog():
    from fer_classic.features import HOGDescriptor

    return HOGDescriptor(
        orientations=12, pixels_per_cell=(6, 6), cells_per_block=(3, 3), transform_sqrt=True
    )


def _pipeline(*steps):
    from sklearn.pipeline import Pipeline

    from fer_classic.faces import FaceCropper

    return Pipeline([("crop", FaceCropper()), *steps])


@recipe()
def majority():
    """Always the most frequent class of the training part: what chance reaches."""
    from sklearn.dummy import DummyClassifier
    from sklearn.pipeline import Pipeline

    return Pipeline([("majority", DummyClassifier(strategy="prior"))])


@recipe(grid=_MACHINE_GRID)
def pixels_svm():
    """Standardised pixels and an RBF machine: what no descriptor at all reaches."""
    from fer_classic.features import Flatten

    return _pipeline(("flatten", Flatten()), *_machine(256))


@recipe(grid={"lbp__radius": [1, (1, 2), (1, 2, 3)], **_MACHINE_GRID})
def svm_lbp():
    """Local binary pattern histograms (Ojala 2002, Ahonen 2006) and an RBF machine."""
    return _pipeline(("lbp", _lbp()), *_machine(256))


@recipe(grid={"gabor__grid": [(8, 8), (12, 12)], **_MACHINE_GRID})
def svm_gabor():
    """Gabor magnitudes on a grid (Lyons 1998) and an RBF machine."""
    return _pipeline(("gabor", _gabor()), *_machine(384))


@recipe(grid={"hog__orientations": [8, 12], **_MACHINE_GRID})
def svm_hog():
    """Histograms of oriented gradients (Dalal and Triggs 2005) and an RBF machine."""
    return _pipeline(("hog", _hog()), *_machine(256))


@recipe(grid=_MACHINE_GRID)
def svm_fusion():
    """LBP, Gabor and HOG side by side, and one RBF machine."""
    from sklearn.pipeline import FeatureUnion

    union = FeatureUnion([("lbp", _lbp()), ("gabor", _gabor()), ("hog", _hog())])
    return _pipeline(("features", union), *_machine(384))


@recipe(grid={"components__n_components": [64, 104]})
def svm_fast():
    """Gabor magnitudes on a coarse grid and an RBF machine stored in bytes: small and fast."""
    gabor = _gabor(wavelengths=(4, 6, 8, 12, 16), grid=(8, 8))
    return _pipeline(("gabor", gabor), *_machine(104, storage="bytes"))


@recipe(grid={"smote__k_neighbors": [3, 5], **_MACHINE_GRID}, heavy=True)
def svm_lbp_smote():
    """The steps of svm_lbp with rare classes filled up by SMOTE (Chawla 2002); no probabilities."""
    from fer_classic.utils import import_optional

    import_optional("imblearn", extra="imbalance", purpose="the recipe svm_lbp_smote")
    from imblearn.over_sampling import SMOTE
    from imblearn.pipeline import Pipeline

    # Rows are mixed behind the components, where they take less room than features. The machine's
    # own calibration would take mixed rows for real ones.
    *features, machine = make_recipe("svm_lbp", svm__probability=False).steps
    return Pipeline([*features, ("smote", SMOTE(random_state=0)), machine])
