"""SHA-256 of the weights in the package, by python -m benchmarks.bundle --digests."""

__all__ = ["DIGESTS"]

DIGESTS = {
    "faces/data/eyes.npz": "be563e3e07d9ed40f2bb9eb63b021dfc09c8941c5f9ecee2b0e2194b7a2d0b10",
    "faces/networks/check.onnx": "2cb8dd3d1bfeb76d1e7a19bf1cd8b3b2260f40e252830f90de7e1bd0d25e8bf5",
    "faces/networks/proposals.onnx": (
        "cd29e55325378d10e3b85c7c194701d33108a68a43b270ff1510460846d74ef0"
    ),
    "models/cnn.joblib": "94ed16d6ab773bdb5c05c0d6dd6e52811ab9770c1ce79beb0c42c168bd22a7e5",
    "models/fusion_fast.joblib": "cefd7b0540e3820c96e81c282e0fdc9f34795ddd712fdbfcdc80c75264041c30",
    "models/svm_fast.joblib": "7188f478ef3feda33877d062ac9876f3e3e5d4a5deea3f457d3187d0069bb2a9",
}
"""Hexadecimal digests by the path below the package."""
