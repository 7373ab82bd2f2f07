"""Reports of a glass or an explanation as one HTML file: pictures that turn, figures, numbers, commands; no request to
anywhere. `symgnn report FILE`."""

from symgnn.extras import require

require("plotly", "A report", "dashboard")
require("py3Dmol", "A report", "dashboard")

from symgnn.report.archive import everything  # noqa: E402 (after the check)
from symgnn.report.atom import atom_report  # noqa: E402 (after the check)
from symgnn.report.glass import glass_report  # noqa: E402
from symgnn.report.what_if import what_if_report  # noqa: E402

__all__ = ["atom_report", "everything", "glass_report", "what_if_report"]
