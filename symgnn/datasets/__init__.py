"""Labelled data sets: the paper's (`paper.py`) and your own, described in YAML (`definition.py`)."""

from symgnn.datasets.glass_dataset import GlassDataset, collate_graphs
from symgnn.datasets.loading import SplitDataset, load_dataset

__all__ = ["GlassDataset", "SplitDataset", "collate_graphs", "load_dataset"]
