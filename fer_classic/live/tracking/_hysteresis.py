"""Labels of one person over time that do not flicker."""

from dataclasses import dataclass, replace

from fer_classic.live._results import UNCERTAIN

__all__ = ["Hysteresis"]

# Lead of a probability, averaged over time, that is no accident: averages over 10 frames of
# scores that alternate between 0.3 and 0.4 lead by 0.01, and of a change that stays, by 0.1 after
# some frames.
_LEAD = 0.1


@dataclass(frozen=True)
class Hysteresis:
    """Keeps the label of a person until another one is better founded.

    A new label replaces the shown one

    - at once, if it leads by 0.1 in the probabilities averaged over time: over the probability of
      the shown expression, or where one of the two is :data:`UNCERTAIN`, if the highest probability
      is as far from the threshold;
    - else once the shown one has not been the decision for ``n_frames`` frames in a row.

    So what alternates with a period below ``n_frames`` is steady, and a change that stays is shown
    after ``n_frames`` frames at the latest.

    Parameters
    ----------
    n_frames : int
        1 or more; 1 changes nothing.
    by_lead : bool
        Whether a lead counts. Scores of single frames, and values of a decision function, whose
        unit is not known, need time.
    threshold : float
        Below which probability faces are uncertain.
    """

    n_frames: int
    by_lead: bool
    threshold: float

    def start(self):
        """Begin with a new person; returns ``step(face) -> face``."""
        shown, n_others = None, 0

        def step(face):
            nonlocal shown, n_others
            n_others = 0 if shown is None or face.expression == shown.expression else n_others + 1
            if not 0 < n_others < self.n_frames or self._leads(face, shown):
                shown, n_others = face, 0
            return replace(face, expression=shown.expression, reason=shown.reason)

        return step

    def _leads(self, face, shown):
        if not self.by_lead or face.score_kind != "probability" or face.reason or shown.reason:
            return False
        if UNCERTAIN in (face.expression, shown.expression):
            return abs(max(face.scores.values()) - self.threshold) >= _LEAD
        return face.scores[face.expression] - face.scores[shown.expression] >= _LEAD
