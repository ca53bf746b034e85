"""Classical facial expression recognition with scikit-learn transformers.

Contents
--------
expressions : the eight expression names and their codes
datasets : loaders for FER2013, JAFFE, CK+, class folders and drawn faces, and their audit
preprocessing : denoising and illumination
faces : face detection and cropping
features : LBP histograms, Gabor bank, HOG
classifiers : least-squares support vector classifier, test-time augmentation
neural : convolutional networks as classifiers; requires torch
recipes : named pipelines
evaluation : protocols, scores, intervals and paired tests
persistence : model files
export : models in the format ONNX; requires onnx, onnxruntime and skl2onnx
live : recognition in photos, videos and camera streams
plotting : figures
analysis : one call for a photo, a folder or a video, and a result that draws itself
analyze : the function of analysis
adapt : the function of classifiers that moves a model towards one person's face
inspection : which parts of a face a prediction depends on
app : the page and the web service; requires the extra app
utils : image reading and version reports
units : range of pixel values for each dtype
exceptions : every error and warning

Submodules are imported on first use, so that ``import fer_classic`` stays fast.
"""

import importlib

__version__ = "0.1.0"

__all__ = [
    "adapt",
    "analysis",
    "analyze",
    "app",
    "base",
    "classifiers",
    "datasets",
    "evaluation",
    "exceptions",
    "export",
    "expressions",
    "faces",
    "features",
    "inspection",
    "live",
    "neural",
    "persistence",
    "plotting",
    "preprocessing",
    "recipes",
    "units",
    "utils",
]

_FUNCTIONS = {"adapt": "classifiers", "analyze": "analysis"}


def __getattr__(name):
    if name in _FUNCTIONS:
        return getattr(importlib.import_module(f"{__name__}.{_FUNCTIONS[name]}"), name)
    if name in __all__:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return [*globals(), *__all__]
