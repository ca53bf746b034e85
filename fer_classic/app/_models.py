"""The models of a service: loaded once and shared by all requests."""

import hashlib
import json
import threading
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from fer_classic.exceptions import FerClassicError, UnknownNameError
from fer_classic.faces import DETECTORS, make_detector
from fer_classic.live import Recognizer
from fer_classic.persistence import BUNDLED, bundled_path, open_model
from fer_classic.persistence._files import stored_bytes

__all__ = ["ModelRegistry", "ServedModel"]


@dataclass(frozen=True, eq=False)
class ServedModel:
    """A model and its description.

    Parameters
    ----------
    name : str
        Name in requests.
    model : estimator
        A fitted classifier.
    card : dict
        Its card.
    n_bytes : int or None
        Size of its file, and of the files that it joins; None if it comes from none.
    listed : bool
        Whether everybody is told its name; the model of one person is for those who know it.
    """

    name: str
    model: Any
    card: dict
    n_bytes: int | None = None
    listed: bool = True

    @cached_property
    def card_id(self):
        """Digest of the card; it identifies the model in answers."""
        text = json.dumps(self.card, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @cached_property
    def score_kind(self):
        """Which scores the model has: "probability", "decision" or None."""
        return Recognizer(self.model, card=self.card).score_kind

    def as_dict(self):
        """Describe the model as JSON takes it.

        Returns
        -------
        fields : dict
        """
        card = self.card
        scores = card.get("scores") or {}
        return {
            "name": self.name,
            "card_id": self.card_id,
            "expressions": [str(name) for name in self.model.classes_],
            "score_kind": self.score_kind,
            "bytes": self.n_bytes,
            "recipe": card.get("recipe"),
            "dataset": (card.get("dataset") or {}).get("name"),
            "protocol": card.get("protocol"),
            "accuracy": scores.get("accuracy"),
            "min_probability": (card.get("min_probability") or {}).get("value"),
            "created": card.get("created"),
        }


class ModelRegistry:
    """The models of a service by name; the first is the default.

    Models and detectors are safe to use from several threads: native objects that are not are
    loaded once per thread.

    Parameters
    ----------
    models : iterable of ServedModel
        One or more.
    detector, frame_detector : str or detector
        What photos and the frames of a stream are searched with, unless a request names a detector;
        see :class:`~fer_classic.live.Recognizer`.
    **settings
        Further parameters of :class:`~fer_classic.live.Recognizer`: ``views``, ``upright``,
        ``min_probability``.

    Raises
    ------
    ValueError
        If there is no model, two have the same name, or one does not go with the settings.
    """

    def __init__(self, models, *, detector="pyramid", frame_detector=None, **settings):
        self._detector, self._frame_detector = detector, frame_detector or detector
        self._settings = settings
        self._lock = threading.Lock()
        self._models: dict[str, ServedModel] = {}
        self._recognizers: dict[tuple[str, str | None], Recognizer] = {}
        for model in models:
            self.add(model)
        if not self._models:
            raise ValueError("a service needs one model or more.")
        self.default = next(iter(self._models))

    @classmethod
    def load(
        cls, sources: Iterable[str | PathLike], *, trust: bool = False, **settings: Any
    ) -> "ModelRegistry":
        """Load models by name or from files.

        Parameters
        ----------
        sources : iterable of str or path-like
            Names of bundled models, or files, which are called by their stem.
        trust : bool, default=False
            For files, as in :func:`~fer_classic.persistence.load_model`.
        **settings
            As for the class.

        Returns
        -------
        models : ModelRegistry

        Raises
        ------
        ValueError
            As the class does.
        UnknownNameError, DataNotFoundError, UntrustedModelError, ModelFileError
            As :func:`~fer_classic.persistence.open_model` does.
        """
        sources = list(sources)
        owners: dict[str, str | PathLike] = {}
        # Here both are known, and none is loaded.
        for source in sources:
            name = Path(source).stem
            if name in owners:
                raise ValueError(
                    f"two models are called {name!r}, {owners[name]} and {source}; rename the file "
                    "of one of them."
                )
            owners[name] = source
        return cls((_open(source, trust) for source in sources), **settings)

    def add(self, model: ServedModel) -> None:
        """Add a model.

        Parameters
        ----------
        model : ServedModel

        Raises
        ------
        ValueError
            If there is one of that name, or it does not go with the settings.
        """
        recognizer = self._make(model, None)
        with self._lock:
            if model.name in self._models:
                raise ValueError(
                    f"two models are called {model.name!r}; rename the file of one of them."
                )
            self._models[model.name] = model
            self._recognizers[model.name, None] = recognizer

    def remove(self, name: str) -> None:
        """Remove a model; one that is not there is no error.

        Parameters
        ----------
        name : str
        """
        with self._lock:
            self._models.pop(name, None)
            for key in [key for key in self._recognizers if key[0] == name]:
                del self._recognizers[key]

    def try_out(self) -> None:
        """Run each model and the detector once, so that failures occur before the service starts.

        Raises
        ------
        DetectorError, MissingDependencyError
            If the detector cannot be loaded.
        PredictionError
            If a model fails.
        """
        for name in self.names:
            recognizer = self.recognizer(name)
            recognizer.detector.detect(np.zeros((96, 96), np.uint8))
            _ = recognizer.score_kind

    @property
    def names(self) -> list[str]:
        """Names of the models that are listed, the default first."""
        with self._lock:
            return [model.name for model in self._models.values() if model.listed]

    def get(self, name: str | None = None) -> ServedModel:
        """Return a model.

        Parameters
        ----------
        name : str, optional
            By default that of the first.

        Returns
        -------
        model : ServedModel

        Raises
        ------
        UnknownNameError
            If there is none of that name.
        """
        name = self.default if name is None else name
        try:
            return self._models[name]
        except KeyError:
            raise UnknownNameError("model", name, self.names) from None

    def recognizer(
        self,
        name: str | None = None,
        *,
        detector: str | None = None,
        min_probability: float | None = None,
    ) -> Recognizer:
        """Return the recognizer of a model, shared by all requests with the same settings.

        Parameters
        ----------
        name : str, optional
            Name of the model; by default the first.
        detector : str, optional
            One of :attr:`detectors`; by default that of the service.
        min_probability : float, optional
            By default that of the service.

        Returns
        -------
        recognizer : Recognizer

        Raises
        ------
        UnknownNameError
            If there is no such model or detector.
        ValueError
            If the model has no probabilities and ``min_probability`` is above 0.
        """
        model = self.get(name)
        if detector is not None and detector not in self.detectors:
            raise UnknownNameError("detector", detector, self.detectors)
        if detector == self.detector:
            detector = None  # with the settings of the service
        if min_probability is not None:
            return self._make(model, detector, min_probability=min_probability)
        key = (model.name, detector)
        found = self._recognizers.get(key)
        if found is None:
            found = self._make(model, detector)
            with self._lock:
                # Unless it was removed or replaced meanwhile.
                if self._models.get(model.name) is model:
                    found = self._recognizers.setdefault(key, found)
        return found

    @cached_property
    def detectors(self) -> list[str]:
        """Names of the detectors that run on this machine."""
        return [name for name in DETECTORS if _runs(name)]

    @property
    def detector(self) -> str | None:
        """Name of the detector of photos that is the default; None if it has none."""
        if isinstance(self._detector, str):
            return self._detector
        kind = type(self._detector)
        where = f"{kind.__module__}:{kind.__qualname__}"
        return next((name for name, place in DETECTORS.items() if place == where), None)

    def _make(self, model, detector, **changed):
        own = (self._detector, self._frame_detector)
        photos, frames = own if detector is None else (detector, detector)
        settings = self._settings | changed
        return Recognizer(
            model.model, card=model.card, detector=photos, frame_detector=frames, **settings
        )


def _open(source, trust):
    model, card = open_model(source, trust=trust)
    path = bundled_path(str(source)) if source in BUNDLED else Path(source)
    return ServedModel(path.stem, model, card, stored_bytes(path))


def _runs(name):
    try:
        with warnings.catch_warnings(action="ignore"):
            make_detector(name).detect(np.zeros((48, 48), np.uint8))
    except FerClassicError:
        return False
    return True
