"""Does a glass resemble those that the checkpoints were trained on? `symgnn check FILE`."""

from symgnn.check.report import ValidationReport, validation_report
from symgnn.check.surroundings import Surroundings, fit_surroundings, paper_surroundings

__all__ = [
    "Surroundings",
    "ValidationReport",
    "fit_surroundings",
    "paper_surroundings",
    "validation_report",
]
