"""SHA-256 of the weights in the package, by python -m benchmarks.bundle --digests."""

__all__ = ["DIGESTS"]

DIGESTS = {
    "faces/data/eyes.npz": "be563e3e07d9ed40f2bb9eb63b021dfc09c8941c5f9ecee2b0e2194b7a2d0b10",
    "faces/networks/check.onnx": "314a32605c5cc4eae6d63b1af599082976b9df57a0719ba9b65ae3ce43073dca",
    "faces/networks/proposals.onnx": (
        "6ccf1f1c7ad9f3d7926e7a293cdf19107d422174acee50bf8141fc799f23fa43"
    ),
    "models/cnn.joblib": "94ed16d6ab773bdb5c05c0d6dd6e52811ab9770c1ce79beb0c42c168bd22a7e5",
    "models/svm_fast.joblib": "ad4ba611e859f3d24369ffc6cfa53b0a973ba2abba0488a097948a470a6be74b",
}
"""Hexadecimal digests by the path below the package."""
