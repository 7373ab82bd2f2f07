"""Energy barriers of metallic-glass atoms: predicted by graph neural networks, and explained."""

__version__ = "0.1.0"
