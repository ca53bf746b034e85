"""The recipe for small sets: some hundred pictures of a few people."""

from fer_classic.recipes._pipelines import _gabor, _hog, _lbp
from fer_classic.recipes._registry import recipe


def _linear(describe, *, n_components, with_std=True):
    """Average features with those of the mirror image, and classify them linearly."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    from fer_classic.classifiers import LeastSquaresSVC
    from fer_classic.features import SymmetricFeatures

    return Pipeline(
        [
            ("describe", SymmetricFeatures(describe)),
            ("scale", StandardScaler(with_std=with_std)),
            ("components", TruncatedSVD(n_components, n_iter=4, random_state=0)),
            ("svm", LeastSquaresSVC("linear", alpha="auto")),
        ]
    )


@recipe(
    grid={
        "crop__eye_distance": [0.42, 0.5],
        "fusion__descriptors__components__n_components": [64, 128],
    },
    heavy=True,
    pretrained="fer2013",
)
def svm_small():
    """For few people: aligned faces, descriptors and the embedding of cnn, linear SVMs.

    Portraits are aligned by the eyes; crops pass through. Each SVM selects its ridge parameter, and
    the fusion its weights, on people who are left out, so pass their names as groups. The network
    has seen FER2013's Training: on FER2013 only the official protocol scores this recipe fairly.
    """
    from sklearn.frozen import FrozenEstimator
    from sklearn.pipeline import FeatureUnion, Pipeline

    from fer_classic.classifiers import ScoreFusion
    from fer_classic.faces import FaceAligner
    from fer_classic.persistence import load_bundled

    descriptors = FeatureUnion([("lbp", _lbp()), ("gabor", _gabor()), ("hog", _hog())])
    network = FrozenEstimator(load_bundled("cnn").model["cnn"])
    # The embedding is nearly one direction for each class; its own scale says which matter.
    parts = [
        ("descriptors", _linear(descriptors, n_components=128)),
        ("network", _linear(network, n_components=16, with_std=False)),
    ]
    return Pipeline([("crop", FaceAligner()), ("fusion", ScoreFusion(parts))])
