"""Recipes with a convolutional network. Those that train one need torch when they are fitted.

``cnn``, ``cnn_narrow`` and ``cnn_wide`` use the training defaults of ``CNNClassifier``, but hold
out less data; the latter two train on smaller images first, for another number of epochs. The
others are small networks that are widely copied. Each is trained with its published settings, and
with the defaults of Keras, its original framework, where settings were not published.
"""

from fer_classic.recipes._pipelines import _pipeline
from fer_classic.recipes._registry import recipe

# Options that the published trainings do not use.
_PLAIN = {
    "weight_decay": 0.0,
    "schedule": "constant",
    "augment": None,
    "label_smoothing": 0.0,
    "averaging": None,
    "max_norm": None,
    "patience": None,
}

# The cosine schedule ends near the best weights, so that more data can be used for training.
_FEW_HELD_OUT = {"validation_fraction": 0.05}


def _classifier(network, **settings):
    from fer_classic.neural import CNNClassifier

    return CNNClassifier(network, verbose=True, random_state=0, **settings)


def _network(network, **settings):
    return _pipeline(("cnn", _classifier(network, **settings)))


@recipe(
    grid={"cnn__learning_rate": [0.05, 0.1], "cnn__class_weight": [None, "balanced"]}, heavy=True
)
def cnn():
    """Squeeze-and-excite residual network of 0.93 million parameters, the neural baseline."""
    return _network("compact", **_FEW_HELD_OUT)


@recipe(heavy=True)
def cnn_flip():
    """The network of cnn, averaged over each face and its mirror image."""
    from fer_classic.classifiers import TestTimeAugmentation

    return _pipeline(
        ("cnn", TestTimeAugmentation(_classifier("compact", **_FEW_HELD_OUT), views="flip"))
    )


@recipe(heavy=True)
def cnn_narrow():
    """The same kind of network with 0.30 million parameters, for speed."""
    return _network("narrow", epochs=80, progressive_resizing=(0.5, 0.75, 1.0), **_FEW_HELD_OUT)


@recipe(heavy=True)
def cnn_wide():
    """The same kind of network with 4.9 million parameters."""
    # An epoch takes three to four times as long as one of cnn.
    return _network("wide", epochs=48, progressive_resizing=(0.5, 0.75, 1.0), **_FEW_HELD_OUT)


@recipe(heavy=True)
def cnn_elu_vgg():
    """Copied network: six 3x3 convolutions, ELU; Adam until the validation loss stops falling."""
    return _network(
        "elu_vgg",
        **_PLAIN
        | {
            "epochs": 100,
            "batch_size": 32,
            "optimizer": "adam",
            "learning_rate": 1e-3,
            "monitor": "loss",
            "patience": 10,
        },
    )


@recipe(heavy=True)
def cnn_conv1x1_prelu():
    """Copied network: 1x1, 3x3 and 5x5 convolutions, PReLU (Kuo 2018); momentum, 200 epochs."""
    return _network(
        "conv1x1_prelu",
        **_PLAIN
        | {
            "epochs": 200,
            "batch_size": 32,
            "optimizer": "sgd",
            "learning_rate": 0.01,
            "augment": {"flip": 0.5, "shift": 0.05, "rotation": 10, "scale": 0.2},
        },
    )


@recipe(heavy=True)
def cnn_plain3():
    """Copied network: three convolutions with pooling; Adam, 10 epochs, nothing held out."""
    return _network(
        "plain3",
        **_PLAIN
        | {
            "epochs": 10,
            "batch_size": 32,
            "optimizer": "adam",
            "learning_rate": 1e-3,
            "validation_fraction": None,
        },
    )


@recipe(heavy=True)
def cnn_four_block():
    """Copied network: four wide convolutions; Adam, flips, 15 epochs, rate lowered on plateaus."""
    return _network(
        "four_block",
        **_PLAIN
        | {
            "epochs": 15,
            "batch_size": 64,
            "optimizer": "adam",
            "learning_rate": 5e-4,
            "schedule": "plateau",
            "plateau_factor": 0.1,
            "plateau_patience": 2,
            "augment": "flip",
        },
    )


@recipe(
    grid={"svm__kernel": ["linear", "rbf"], "svm__alpha": ["auto", 0.1, 0.4]},
    heavy=True,
    pretrained="fer2013",
)
def svm_deep():
    """The embedding of the bundled network cnn, which stays as it is, and a least-squares SVM.

    Fitting needs no torch. The network has seen FER2013's Training: on FER2013 only the official
    protocol scores this recipe fairly, any other tests on images that the network was fitted on.
    """
    from sklearn.frozen import FrozenEstimator
    from sklearn.preprocessing import StandardScaler

    from fer_classic.classifiers import LeastSquaresSVC
    from fer_classic.persistence import load_bundled

    network = load_bundled("cnn").model["cnn"]
    return _pipeline(
        ("network", FrozenEstimator(network)),
        ("scale", StandardScaler()),
        ("svm", LeastSquaresSVC("auto", alpha="auto", precision="uint8")),
    )
