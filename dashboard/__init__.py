"""The dashboard: `symgnn dashboard`, which runs serve.py."""
