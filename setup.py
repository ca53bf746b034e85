"""Package metadata; build system and tool settings are in pyproject.toml."""

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
VERSION = re.search(
    r'^__version__ = "(.+)"', (HERE / "fer_classic/__init__.py").read_text("utf-8"), re.MULTILINE
).group(1)

EXTRAS = {
    "cnn": ["torch>=2.6"],
    "plot": ["matplotlib>=3.8"],
    "table": ["pandas>=2.1", "pyarrow>=14"],
    "heic": ["pillow-heif>=0.18"],
    "mtcnn": ["mtcnn[tensorflow]>=1.0"],
    "imbalance": ["imbalanced-learn>=0.13"],
    "docs": [
        "matplotlib>=3.8",
        "myst-parser>=4",
        "numpydoc>=1.8",
        "pydata-sphinx-theme>=0.16",
        "scikit-image>=0.23",
        "sphinx>=8",
        "sphinx-gallery>=0.18",
    ],
    "dev": ["pytest>=8.2", "ruff>=0.11", "scikit-image>=0.23", "skops>=0.11"],
}
# What the tests and the documentation need.
EXTRAS["all"] = sorted(
    {
        requirement
        for extra in ("cnn", "plot", "table", "imbalance", "docs", "dev")
        for requirement in EXTRAS[extra]
    }
)

setup(
    name="fer-classic",
    version=VERSION,
    description="Classical facial expression recognition with scikit-learn transformers",
    long_description=(HERE / "README.md").read_text("utf-8"),
    long_description_content_type="text/markdown",
    license="MIT",
    license_files=["LICENSE"],
    author="The fer_classic developers",
    keywords=["facial expression recognition", "FER2013", "LBP", "Gabor", "HOG", "SVM"],
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Intended Audience :: Science/Research",
        "Intended Audience :: Developers",
        "Operating System :: OS Independent",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Scientific/Engineering :: Image Recognition",
    ],
    python_requires=">=3.11",
    packages=find_packages(include=["fer_classic", "fer_classic.*"]),
    package_data={
        "fer_classic": [
            "datasets/data/*.png",
            "datasets/descr/*.rst",
            "models/*.md",
            "models/*.joblib",
        ]
    },
    install_requires=[
        "numpy>=2.0",
        "scipy>=1.11",
        "scikit-learn>=1.6",
        "opencv-python>=4.10,<5",
        "pillow>=10.1",
        "joblib>=1.6",
        "tqdm>=4.66",
    ],
    extras_require=EXTRAS,
    entry_points={"console_scripts": ["fer-classic = fer_classic.cli:main"]},
)
