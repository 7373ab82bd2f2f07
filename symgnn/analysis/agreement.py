"""Whether a predicted barrier and one by physics agree within what is known of both."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Agreement:
    """difference  eV, prediction minus mean over the events
    uncertainty    eV, of the difference: the standard deviation of the prediction and the standard error of the mean
    """

    difference: float
    uncertainty: float

    @property
    def ratio(self) -> float:
        """How many uncertainties they are apart, without sign."""
        return abs(self.difference) / self.uncertainty

    @property
    def answer(self) -> str:
        """'agree' within one uncertainty, 'undecided' within two, else 'differ'."""
        return "agree" if self.ratio <= 1 else "undecided" if self.ratio <= 2 else "differ"


def agreement(prediction: float, sigma: float | None, mean: float, standard_error: float) -> Agreement | None:
    """All in eV; sigma: standard deviation of the prediction, None where it is not known. None where there are too few
    events for a standard error (NaN)."""
    if not math.isfinite(mean) or not math.isfinite(standard_error):
        return None
    uncertainty = math.hypot(sigma or 0.0, standard_error)
    return Agreement(prediction - mean, uncertainty) if uncertainty > 0 else None
