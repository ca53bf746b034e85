"""Convolutional networks as scikit-learn classifiers. Fitting needs torch, predicting does not."""

from fer_classic.neural._build import NETWORKS, make_network
from fer_classic.neural._classifier import CNNClassifier
from fer_classic.neural._summary import network_summary

__all__ = ["NETWORKS", "CNNClassifier", "make_network", "network_summary"]
