"""What a page offers as files: tables as CSV, glasses as extended XYZ."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from symgnn.explanations.batch import BatchExplanation
from symgnn.explanations.explanation import Explanation
from symgnn.explanations.maps import write_maps
from symgnn.explanations.signed_map import SignedMap, write_signed_map
from symgnn.glass import Glass
from symgnn.graph.atom_graph import AtomGraph
from symgnn.homology.files import write_topology
from symgnn.homology.summary import GlassTopology


def csv_bytes(table: pd.DataFrame) -> bytes:
    """A table as CSV; numbers with six significant digits."""
    return table.to_csv(index=False, float_format="%.6g").encode("utf-8")


def explanation_json(explained: Explanation) -> dict:
    """An explanation as plain numbers: settings, fidelity, and its edges, most important first."""
    order = np.asarray(explained.top(len(explained.importance)), dtype=np.int64)
    optional = {"mask": explained.mask, "effect_eV": explained.effect}
    optional = {name: values for name, values in optional.items() if values is not None}
    return {
        "atom": explained.atom,
        "prediction_eV": explained.prediction,
        "method": explained.method,
        "settings": {key: str(value) for key, value in explained.settings.items()},
        "seed": explained.seed,
        "glass": explained.glass_key,
        "checkpoint": explained.checkpoint_key,
        "fidelity": {key: float(value) for key, value in explained.fidelity.items()},
        "edges": [
            {
                "atoms": explained.pairs[row].tolist(),
                "image": explained.images[row].tolist(),
                "length_A": round(float(explained.lengths[row]), 4),
                "hops": int(explained.hops[row]),
                "importance": round(float(explained.importance[row]), 6),
                **{name: round(float(values[row]), 6) for name, values in optional.items()},
            }
            for row in order
        ],
    }


def topology_zip(topology: GlassTopology) -> bytes:
    """The files that `write_topology` makes, in one archive."""
    with tempfile.TemporaryDirectory() as folder:
        return _zipped(write_topology(topology, folder))


def map_zip(glass: Glass, graph: AtomGraph, batch: BatchExplanation) -> bytes:
    """The files that `write_maps` makes, in one archive."""
    with tempfile.TemporaryDirectory() as folder:
        return _zipped(write_maps(Path(folder), "glass", glass, graph, batch))


def signed_map_zip(glass: Glass, result: SignedMap) -> bytes:
    """The files that `write_signed_map` makes, in one archive."""
    with tempfile.TemporaryDirectory() as folder:
        return _zipped(write_signed_map(Path(folder), "glass", glass, result))


def _zipped(paths: Sequence[Path]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            archive.write(path, path.name)
    return buffer.getvalue()
