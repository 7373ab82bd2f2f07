"""Everything that is known of a glass, as one zip: predictions, check, diagrams and cycles, report, frames."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from ase import Atoms

from symgnn.check import validation_report
from symgnn.errors import InputError
from symgnn.glass import Glass, as_glass
from symgnn.homology.files import write_topology
from symgnn.homology.summary import glass_topology
from symgnn.inference.checkpoint import Checkpoint
from symgnn.inference.frames import predict_frames
from symgnn.inference.predict import predict_with_uncertainty, readable, write_prediction
from symgnn.report.glass import glass_report


def everything(
    checkpoint: Checkpoint,
    structure: Glass | Atoms,
    *,
    file: str = "FILE",
    frames: Iterable[Glass | Atoms] | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> bytes:
    """A zip: predicted barriers (extended XYZ with all columns, CSV), check.txt, report.html, the folder topology, and
    of several `frames` their predictions and mean barriers.

    Columns training_distance and training_percentile say how far surroundings are from the training data. file: the
    name of the structure file. progress(fraction, what is being done) is called before each part. What the topology
    refuses stands in topology.txt. Raises InputError as `glass_report` and `predict_frames` do.
    """
    say = progress or (lambda fraction, what: None)
    glass, stem = readable(checkpoint, as_glass(structure)), _stem(file)
    buffer = io.BytesIO()
    with tempfile.TemporaryDirectory() as name, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        folder = Path(name)
        say(0.0, "barriers and check")
        check = validation_report(glass)
        (folder / "check.txt").write_text("\n".join(check.lines()) + "\n", encoding="utf-8")
        more = {"training_distance": check.distance, "training_percentile": check.percentile}
        columns = {key: values for key, values in more.items() if values is not None}
        prediction = predict_with_uncertainty(checkpoint, glass)
        write_prediction(folder, stem, glass.with_properties(**columns), checkpoint, prediction)
        say(0.2, "report")
        report = glass_report(checkpoint, glass, file=file)
        (folder / "report.html").write_text(report, encoding="utf-8")
        say(0.4, "topology")
        try:
            write_topology(glass_topology(glass), folder / "topology")
        except InputError as error:
            (folder / "topology.txt").write_text(f"{error}\n", encoding="utf-8")
        if frames is not None:
            say(0.7, "frames")
            predict_frames(folder, stem, frames, checkpoint)
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            archive.write(path, path.relative_to(folder).as_posix())
    return buffer.getvalue()


def _stem(file: str) -> str:
    """The start of file names for a glass: letters, digits, '-' and '_'."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", Path(file).stem).strip("-")[:60] or "glass"
