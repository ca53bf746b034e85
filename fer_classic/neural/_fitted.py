"""What a fitted network answers, and with which library it is computed."""

from functools import partial

import numpy as np
from scipy.special import softmax
from sklearn.base import ClassifierMixin, TransformerMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from fer_classic.base import ImageEstimator
from fer_classic.neural._build import (
    SAVED_EARLIER,
    import_torch,
    make_network,
    prediction_device,
)
from fer_classic.neural._layers import embedding_position
from fer_classic.neural._opencv import OpenCVNetwork
from fer_classic.neural._standardize import standardize
from fer_classic.units import to_unit

__all__ = ["FittedNetwork"]

# Images that are standardised, or computed on a GPU, at a time.
_BLOCK = 256


def _ends_dense(classifier):
    layers = getattr(classifier, "layers_", None)
    return bool(layers) and layers[-1]["kind"] == "dense"


class FittedNetwork(ClassifierMixin, TransformerMixin, ImageEstimator):
    """Labels, probabilities and embedding by the weights that a training has left.

    A subclass trains and sets ``classes_``, ``image_shape_``, ``state_``, ``mean_``, ``scale_`` and
    ``temperature_``.
    """

    def _describe(self, module):
        """Let OpenCV compute what the module does."""
        from fer_classic.neural._torch import describe_network

        self.layers_ = describe_network(module, self.state_, self.image_shape_)

    def _make_network(self, n_classes, image_shape):
        return make_network(self.network, n_classes=n_classes, image_shape=image_shape)

    def _load_module(self):
        """Build the network with the weights that were kept."""
        import torch

        if isinstance(self.network, str):
            # A file may name a network of gigabytes, and hold weights of another one.
            with torch.device("meta"):
                module = self._make_network(len(self.classes_), self.image_shape_)
            shapes = {name: tuple(t.shape) for name, t in module.state_dict().items()}
            if shapes != {name: array.shape for name, array in self.state_.items()}:
                raise ValueError(f"state_ does not fit the network {self.network!r}")
        with torch.random.fork_rng(devices=[]):
            module = self._make_network(len(self.classes_), self.image_shape_)
        module.load_state_dict(
            {name: torch.from_numpy(np.array(array)) for name, array in self.state_.items()}
        )
        return module.eval().requires_grad_(False)

    def _compute(self, X, *, embedding=False):
        """Give scores, or what the last dense layer reads."""
        check_is_fitted(self, "state_")
        images = self._validate_images(X, reset=False)
        self._check_fitted_size(images)
        compute = self._network(embedding)
        values = [
            compute(standardize(to_unit(images[k : k + _BLOCK]), self.mean_, self.scale_))
            for k in range(0, len(images), _BLOCK)
        ]
        return np.concatenate(values)

    def _network(self, embedding):
        """Find or make what computes."""
        if not hasattr(self, "layers_"):
            # Of a file that an earlier version has written.
            import_torch(purpose=SAVED_EARLIER)
            self._describe(self._load_module())
        device = prediction_device(self.device, needed=self.layers_ is None)
        if device is None:
            n_layers = embedding_position(self.layers_) if embedding else len(self.layers_)
            return partial(self._load("opencv", self._load_opencv), n_layers=n_layers)
        from fer_classic.neural._torch import compute_with_torch

        module = self._load("torch", self._load_module)
        return partial(compute_with_torch, module, device=device, embedding=embedding)

    def _load(self, name, load):
        """Load once what belongs to a library, which no copy and no file holds."""
        loaded = vars(self).setdefault("_loaded", {})
        if name not in loaded:
            loaded[name] = load()
        return loaded[name]

    def _load_opencv(self):
        return OpenCVNetwork(self.layers_, self.state_, self.image_shape_)

    def predict_proba(self, X):
        """Probability of every class.

        Parameters
        ----------
        X : array-like of shape (n, h, w), or (n, p) with ``image_shape``
            Images of the size seen in ``fit``.

        Returns
        -------
        probabilities : ndarray of shape (n, n_classes), float64
            Columns follow ``classes_``.
        """
        return self._probabilities(self._compute(X))

    def _probabilities(self, scores):
        # Files of earlier versions hold no temperature.
        temperature = getattr(self, "temperature_", 1.0)
        return softmax(temperature * scores.astype(np.float64), axis=1)

    def predict(self, X):
        """Name the most probable class.

        Parameters
        ----------
        X : array-like of shape (n, h, w), or (n, p) with ``image_shape``
            Images of the size seen in ``fit``.

        Returns
        -------
        labels : ndarray of shape (n,)
        """
        best = self._compute(X).argmax(axis=1)
        return self.classes_[best]

    def transform(self, X):
        """Give the embedding: what the last dense layer reads.

        Parameters
        ----------
        X : array-like of shape (n, h, w), or (n, p) with ``image_shape``
            Images of the size seen in ``fit``.

        Returns
        -------
        features : ndarray of shape (n, n_features), float32
            For the networks "compact", "narrow" and "wide" 128 numbers of 0 or more.

        Raises
        ------
        ValueError
            If the network has no dense layer.
        """
        return self._compute(X, embedding=True)

    @available_if(_ends_dense)
    def classify_embedding(self, features):
        """Give the probability of every class from the embedding, without the network before it.

        Only if the network ends in its last dense layer, and OpenCV computes it.

        Parameters
        ----------
        features : ndarray of shape (n, n_features)
            What :meth:`transform` gives.

        Returns
        -------
        probabilities : ndarray of shape (n, n_classes), float64
            What :meth:`predict_proba` gives, but for rounding.

        Raises
        ------
        ValueError
            If the number of features is another.
        """
        weights = self.layers_[-1]["weights"]
        width = self.state_[weights["weight"]].shape[1]
        if np.ndim(features) != 2 or np.shape(features)[1] != width:
            raise ValueError(
                f"the embedding has {width} features, what transform gives; got an array of shape "
                f"{np.shape(features)}."
            )
        scores = features @ self.state_[weights["weight"]].T
        if "bias" in weights:
            scores = scores + self.state_[weights["bias"]]
        return self._probabilities(scores)

    def get_feature_names_out(self, input_features=None):
        """Name the numbers of the embedding.

        Parameters
        ----------
        input_features : ignored
            Pixels have no names worth keeping.

        Returns
        -------
        names : ndarray of shape (n_features,), str objects
        """
        check_is_fitted(self, "state_")
        blank = np.zeros((1, *self.image_shape_), dtype=np.float32)
        n_features = self._network(True)(blank).shape[1]
        return np.asarray([f"embedding_{k}" for k in range(n_features)], dtype=object)

    def __getstate__(self):
        # Loaded networks can be made again of the arrays, and belong to threads or tie a file to
        # torch. What an unfinished training began with would double the file.
        private = ("_loaded", "_unfinished")
        state = super().__getstate__()
        return {name: value for name, value in state.items() if name not in private}
