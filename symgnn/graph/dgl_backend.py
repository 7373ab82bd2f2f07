"""DGL where it is installed, else None. The only place that imports it."""

import os

os.environ.setdefault(
    "DGLBACKEND", "pytorch"
)  # otherwise DGL prints a notice and writes into the home folder
try:
    import dgl
    import dgl.ops
except ImportError:  # no wheel for this Python or platform
    dgl = None

__all__ = ["dgl"]
