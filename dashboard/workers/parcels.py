"""How glasses and checkpoints get to a worker: once each, and known by their content afterwards."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.default_checkpoint import default_checkpoint
from dashboard.workers import messages
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.inference.checkpoint import Checkpoint, list_checkpoints, load_checkpoint

HELD = 8  # glasses, and as many checkpoints, that a worker holds


@dataclass(frozen=True)
class GlassReference:
    """Stands for a glass; digest: of its pickle."""

    digest: str


@dataclass(frozen=True)
class CheckpointReference:
    """Stands for a checkpoint; key: as in `Checkpoint`, checked when the worker has loaded it from the folder."""

    folder: Path
    key: str


class Held:
    """Names in the order of their use. Server and worker each keep one of the same size and touch it in the same order,
    so that both know what the worker holds."""

    def __init__(self, most: int = HELD):
        self._most = most
        self._values: OrderedDict[Any, Any] = OrderedDict()

    def touch(self, name: Any, make: Callable[[], Any]) -> Any:
        """The value of that name; made where it is not held, and the one used longest ago goes."""
        if name not in self._values:
            self._values[name] = make()
        self._values.move_to_end(name)
        while len(self._values) > self._most:
            self._values.popitem(last=False)
        return self._values[name]


def pack(arguments: Mapping[str, Any], held: Held) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Arguments with references, and the pickles of the glasses that are not yet held there."""
    packed, pickles = {}, {}
    for name, value in arguments.items():
        if isinstance(value, Glass):
            content = messages.dumps(value)
            reference = GlassReference(hashlib.sha256(content).hexdigest())
            packed[name] = reference

            def send(digest=reference.digest, content=content) -> None:
                pickles[digest] = content

            held.touch(reference.digest, send)
        elif isinstance(value, Checkpoint):
            packed[name] = CheckpointReference(value.folder, value.key)
        else:
            packed[name] = value
    return packed, pickles


class Unpacker:
    """A worker's side: what it holds."""

    def __init__(self):
        self._glasses, self._checkpoints = Held(), Held()

    def hold_default(self) -> None:
        """Load the checkpoint that pages start with, where it is there: before anybody waits for it."""
        name = default_checkpoint(list_checkpoints())
        if name is None:
            return
        try:
            model = load_checkpoint(name)
        except InputError:
            return
        self._checkpoints.touch(CheckpointReference(model.folder, model.key), lambda: model)

    def glasses(self, packed: Mapping[str, Any], pickles: Mapping[str, bytes]) -> dict[str, Glass]:
        """The glasses among the arguments. Never left half done: the server counts on what is held."""
        return {
            name: self._glasses.touch(value.digest, lambda value=value: messages.loads(pickles[value.digest]))
            for name, value in packed.items()
            if isinstance(value, GlassReference)
        }

    def others(self, packed: Mapping[str, Any]) -> dict[str, Any]:
        """The other arguments. Raises InputError where a checkpoint has been trained anew meanwhile."""
        return {
            name: self.checkpoint(value) if isinstance(value, CheckpointReference) else value
            for name, value in packed.items()
            if not isinstance(value, GlassReference)
        }

    def checkpoint(self, reference: CheckpointReference) -> Checkpoint:
        model = self._checkpoints.touch(reference, lambda: load_checkpoint(reference.folder))
        if model.key != reference.key:
            raise InputError(
                f"checkpoint {model.full_name}: its files have changed, expected those that "
                "the page has loaded: reload it"
            )
        return model
