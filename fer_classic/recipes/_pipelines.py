"""The recipes of the library. Step names are part of the public interface.

All ``svm_*`` recipes end with standardisation, PCA and a least-squares SVM. In ``svm_best`` the
first two are done for each descriptor, and learned from up to 6,000 images. PCA keeps the model
small and the prediction fast. On small training sets the SVM selects its kernel and its ridge
parameter by the log-loss on held-out groups, since a linear kernel may generalise better. All other
parameters were tuned on FER2013's Training part with ``python -m benchmarks.search``, except that
PublicTest decided that ``svm_fast`` uses all training images as centres. Differences of a few
tenths of a point, which are not significant in such experiments, were ignored.
"""

from fer_classic.recipes._registry import make_recipe, recipe

_SVM_GRID = {
    "components__n_components": [128, 256, 512],
    "svm__alpha": ["auto", 0.1, 0.2, 0.4],
}


def _components(n_components, *, copy=True):
    """Standardise, then reduce to the principal components."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.preprocessing import StandardScaler

    # On standardised, hence centred, features this equals PCA; unlike PCA it returns fewer
    # components instead of raising an error if the training set is smaller than n_components.
    return [
        ("scale", StandardScaler(copy=copy)),
        ("components", TruncatedSVD(n_components, n_iter=4, random_state=0)),
    ]


def _svm(n_components, **settings):
    """Return the last steps of most ``svm_*`` recipes."""
    from fer_classic.classifiers import LeastSquaresSVC

    svm = LeastSquaresSVC("auto", alpha="auto", **settings)
    return [*_components(n_components), ("svm", svm)]


def _lbp():
    from fer_classic.features import LBPHistogram

    return LBPHistogram(radius=(1, 2), overlap=1.0)


def _gabor():
    from fer_classic.features import GaborBank

    return GaborBank(wavelengths=(3, 4, 6, 8, 12, 16), grid=(12, 12), normalization="sqrt")


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
    """Most frequent class of the training set: the chance level."""
    from sklearn.dummy import DummyClassifier
    from sklearn.pipeline import Pipeline

    return Pipeline([("majority", DummyClassifier(strategy="prior"))])


@recipe(grid=_SVM_GRID)
def pixels_svm():
    """Standardised pixels and an RBF SVM: the baseline without a descriptor."""
    from fer_classic.features import Flatten

    return _pipeline(("flatten", Flatten()), *_svm(256))


@recipe(grid={"lbp__radius": [1, (1, 2), (1, 2, 3)], **_SVM_GRID})
def svm_lbp():
    """Local binary pattern histograms (Ojala 2002, Ahonen 2006) and an RBF SVM."""
    return _pipeline(("lbp", _lbp()), *_svm(256))


@recipe(grid={"gabor__grid": [(8, 8), (12, 12)], **_SVM_GRID})
def svm_gabor():
    """Gabor magnitudes on a grid (Lyons 1998) and an RBF SVM."""
    return _pipeline(("gabor", _gabor()), *_svm(384))


@recipe(grid={"hog__orientations": [8, 12], **_SVM_GRID})
def svm_hog():
    """Histograms of oriented gradients (Dalal and Triggs 2005) and an RBF SVM."""
    return _pipeline(("hog", _hog()), *_svm(256))


@recipe(grid=_SVM_GRID)
def svm_fusion():
    """Concatenated LBP, Gabor and HOG features and an RBF SVM."""
    from sklearn.pipeline import FeatureUnion

    union = FeatureUnion([("lbp", _lbp()), ("gabor", _gabor()), ("hog", _hog())])
    return _pipeline(("features", union), *_svm(384))


@recipe(grid={"patches__n_atoms": [50, 100], "components__n_components": [64, 96]})
def svm_fast():
    """A few learned patches and an RBF SVM quantised to 8 bits: small and fast."""
    from fer_classic.features import PatchDictionary

    patches = PatchDictionary(n_atoms=100, stride=2, normalization="sqrt", random_state=0)
    return _pipeline(("patches", patches), *_svm(96, precision="uint8"))


@recipe(heavy=True)
def svm_best():
    """Fisher vectors of two scales and learned patches, a kernel for each: the best SVM."""
    from sklearn.pipeline import FeatureUnion, Pipeline

    from fer_classic.classifiers import LeastSquaresSVC
    from fer_classic.features import FisherVectors, PatchDictionary, ReducedFeatures

    descriptors = {
        "fine": FisherVectors(bin_sizes=(2, 4, 6), n_words=32, random_state=0),
        "coarse": FisherVectors(bin_sizes=(3, 5, 7), n_words=32, random_state=0),
        "patches": PatchDictionary(normalization="sqrt", random_state=0),
    }
    blocks = [
        (name, ReducedFeatures(descriptor, Pipeline(_components(512, copy=False))))
        for name, descriptor in descriptors.items()
    ]
    # All blocks have the same number of components, even on small training sets.
    svm = LeastSquaresSVC(blocks=len(blocks), precision="float16")
    return _pipeline(("features", FeatureUnion(blocks)), ("svm", svm))


@recipe(grid={"smote__k_neighbors": [3, 5], **_SVM_GRID}, heavy=True)
def svm_lbp_smote():
    """The steps of svm_lbp with SMOTE for rare classes (Chawla 2002); no probabilities."""
    from fer_classic.utils._optional import import_optional

    import_optional("imblearn", extra="imbalance", purpose="the recipe svm_lbp_smote")
    from imblearn.over_sampling import SMOTE
    from imblearn.pipeline import Pipeline

    # SMOTE runs after PCA, where rows take less memory. Calibration and the search of the SVM would
    # treat synthetic rows as real ones, so they are switched off.
    plain = {"svm__kernel": "rbf", "svm__alpha": 0.2, "svm__probability": False}
    *features, svm = make_recipe("svm_lbp", **plain).steps
    return Pipeline([*features, ("smote", SMOTE(random_state=0)), svm])


# Crops pass through the step unchanged: on sets of crops these recipes equal the plain ones, which
# is why they run only where they are asked for.
def _aligned(name):
    from fer_classic.faces import FaceAligner

    return make_recipe(name, crop=FaceAligner())


@recipe(grid={"crop__eye_distance": [0.42, 0.5], **_SVM_GRID}, heavy=True)
def svm_hog_aligned():
    """The steps of svm_hog on faces whose eyes lie at fixed places; for sets of photographs."""
    return _aligned("svm_hog")


@recipe(grid={"crop__eye_distance": [0.42, 0.5], **_SVM_GRID}, heavy=True)
def svm_lbp_aligned():
    """The steps of svm_lbp on faces whose eyes lie at fixed places; for sets of photographs."""
    return _aligned("svm_lbp")


@recipe(heavy=True)
def sgd_lbp():
    """LBP histograms, random Fourier features, stochastic gradient descent: for 1,000,000 faces."""
    from sklearn.kernel_approximation import RBFSampler
    from sklearn.linear_model import SGDClassifier
    from sklearn.pipeline import Pipeline

    from fer_classic.classifiers import BlockwiseClassifier
    from fer_classic.faces import FaceCropper

    # Weights are averaged: those of the last steps depend on the order of the images.
    sgd = SGDClassifier("log_loss", alpha=1e-5, average=True, random_state=0)
    steps = [
        # Inside, so that no step takes all images at once.
        ("crop", FaceCropper()),
        ("lbp", _lbp()),
        *_components(256, copy=False),
        # The width was chosen on 4,000 faces of FER2013's Training part.
        ("fourier", RBFSampler(gamma=1.5e-4, n_components=2000, random_state=0)),
        ("sgd", sgd),
    ]
    return Pipeline([("blockwise", BlockwiseClassifier(Pipeline(steps), random_state=0))])
