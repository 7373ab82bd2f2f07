"""`python -m symgnn`: the command line."""

from symgnn.cli import main

if __name__ == "__main__":
    main()
