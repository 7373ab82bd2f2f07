"""Standard output and standard error of the commands."""

from __future__ import annotations

from rich.console import Console, ConsoleDimensions

WIDEST = 100_000  # columns: no line and no table is longer


class _Console(Console):
    """Where no terminal shows them, lines are not wrapped and tables are as wide as they need."""

    @property
    def size(self) -> ConsoleDimensions:
        size = super().size
        return size if self.is_terminal else ConsoleDimensions(WIDEST, size.height)

    def print(self, *objects, **settings) -> None:
        try:
            super().print(*objects, **settings)
        except OSError as error:  # names no file: the disk is full
            if error.filename is not None:
                raise
            raise OSError(
                error.errno, error.strerror, f"standard {'error' if self.stderr else 'output'}"
            ) from None


console, errors = _Console(), _Console(stderr=True)
