"""The card of a checkpoint, card.json: all that is known of a trained model beside its weights, as one typed object."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    SerializerFunctionWrapHandler,
    Strict,
    ValidationError,
    model_serializer,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from symgnn.errors import InputError
from symgnn.inference.folders import CARD
from symgnn.io.writing import replacing


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("number", "expected a number")
    return value


Number = Annotated[Any, BeforeValidator(_number)]
"""A whole number or a fraction, kept as it was written: 0 does not become 0.0."""
Numbers = dict[str, Number]


class Entry(BaseModel):
    """A part of a card. Immutable; unknown and mistyped fields are refused. Fields are written in the order in which
    they were given."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", populate_by_name=True)

    _order: tuple[str, ...] = PrivateAttr(default=())

    @model_validator(mode="wrap")
    @classmethod
    def _keep_order(cls, values: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        entry = validate(values)
        if isinstance(values, dict):
            entry._order = tuple(values)
        return entry

    @model_serializer(mode="wrap")
    def _in_order(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        stated = serialize(self)
        order = [name for name in self._order if name in stated]
        return {name: stated[name] for name in dict.fromkeys([*order, *stated])}

    def __eq__(self, other: object) -> bool:
        """Whatever the order of the fields."""
        return type(self) is type(other) and self.as_dict() == other.as_dict()

    def as_dict(self) -> dict[str, Any]:
        """What is stated, by the names of the JSON file; fields that were not given are absent."""
        return self.model_dump(by_alias=True, exclude_unset=True)


class Target(Entry):
    """What is predicted; mean and standard deviation of the training labels."""

    quantity: str
    unit: str
    mean: Number
    standard_deviation: Number


class Member(Entry):
    """A member of a committee."""

    name: str
    seed: int
    weights_sha256: str


class Recipe(Entry):
    """How it was trained: all settings of the training configuration, which are others in each version of symgnn."""

    model_config = ConfigDict(extra="allow")

    seed: int | None = None
    max_epoch: int | None = None


class Split(Entry):
    """Names of the glasses that had a part in training and in all choices."""

    train: list[str] = []
    validation: list[str] = []


class Selected(Entry):
    """The evaluation that was selected: its epoch or penalty, training loss and scores on the validation glass."""

    by: str | None = None
    epoch: int | None = None
    penalty: Number | None = None
    train_loss: Number | None = None
    pearson: Number | None = None
    spearman: Number | None = None
    mae_eV: Number | None = None  # noqa: N815 (the name on disk)
    rmse_eV: Number | None = None  # noqa: N815
    auc_top5: Number | None = None
    auc_bottom5: Number | None = None


class UncertaintyParameters(Entry):
    """The numbers of symgnn.inference.uncertainty.Uncertainty."""

    base: Number
    unusual: Number
    high: Number
    factor95: Number


class Calibration(Entry):
    """How the uncertainty was fitted; coverage: glass -> fractions of labels inside the intervals, and mean sigma."""

    method: str | None = None
    calibrated_on: str | None = None
    coverage: dict[str, Numbers] = {}
    parameters: UncertaintyParameters | None = None


class Invariance(Entry):
    """How far predictions move when the glass is turned or mirrored, in eV; `relative` to their standard deviation."""

    glass: str
    transformations: int
    seed: int
    largest: Number = Field(alias="largest_eV")
    rms: Number = Field(alias="rms_eV")
    standard_deviation: Number = Field(alias="spread_eV")
    relative: Number


class InferenceTime(Entry):
    """Seconds from a glass to its barriers, of which graph_seconds for its graph; medians of `repeats` runs."""

    glass: str
    atoms: int
    seconds: Number
    graph_seconds: Number
    repeats: int
    device: str


class Evaluation(Entry):
    """Content hashes of the glasses that it was scored on, and when."""

    data_hashes: dict[str, str] = {}
    date: str | None = None


class Card(Entry):
    """All of card.json.

    model, settings  what `build_model` takes; inputs: the per-atom properties that the model reads
    dataset          name of the data set that it was trained on; composition: element -> lowest and highest fraction
                     in the training glasses; data_hashes, label_hashes: glass -> hash
    scores           glass -> scores; curve: one row per evaluation in training
    seconds          of training, on `device`; command: the line that trained it
    weights_sha256   of weights.safetensors; empty only before `save_checkpoint` has written them

    Fields that a card does not state have their defaults, and are not written. A card with a field that this version
    does not know is refused: it was written by a later version, whose results might mean something else. Only the
    recipe in `training` is open.
    """

    model: str
    settings: dict[str, Any]
    inputs: list[str] = []
    n_parameters: int | None = None
    target: Target | None = None
    members: list[Member] = []
    training: Recipe = Recipe()
    dataset: str | None = None
    split: Split = Split()
    composition: dict[str, Annotated[tuple[Number, Number], Strict(False)]] = {}
    data_hashes: dict[str, str] = {}
    label_hashes: dict[str, str] = {}
    selected: Selected = Selected()
    scores: dict[str, Numbers] = {}
    curve: list[Numbers] = []
    seconds: Number | None = None
    device: str | None = None
    software: dict[str, str] = {}
    date: str | None = None
    command: str | None = None
    uncertainty: Calibration | None = None
    weights_sha256: str = ""
    invariance: Invariance | None = None
    inference: InferenceTime | None = None
    evaluation: Evaluation = Evaluation()

    def to_json(self) -> str:
        """The text of card.json."""
        return json.dumps(self.as_dict(), indent=1, ensure_ascii=False) + "\n"


def read_card(path: Path) -> Card:
    """A card.json without its weights. Raises InputError naming file and field where it is no card."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not readable as JSON: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict):
        raise InputError(f"{path}: {_shown(content)} found, expected names and values")
    try:
        card = Card.model_validate(content)
    except ValidationError as error:
        raise InputError(f"{path}: {_problem(error.errors()[0])}") from None
    if not card.weights_sha256:
        raise InputError(f"{path}: field 'weights_sha256' is missing")
    return card


def write_card(folder: Path, card: Card) -> None:
    """Write folder/card.json; a reader sees the old card or the new one."""
    with replacing(folder / CARD) as temporary:
        temporary.write_text(card.to_json(), encoding="utf-8")


_EXPECTED = {
    "number": "a number",
    "int_type": "a whole number",
    "string_type": "a text",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "names and values",
    "model_type": "names and values",
}


def _problem(error: ErrorDetails) -> str:
    field = ".".join(str(part) for part in error["loc"])
    if error["type"] == "missing":
        return f"field {field!r} is missing"
    if error["type"] == "extra_forbidden":
        return f"field {field!r} is unknown, as if a later version of symgnn had written the card"
    expected = _EXPECTED.get(error["type"])
    found = f"field {field!r} is {_shown(error['input'])}"
    return f"{found}, expected {expected}" if expected else f"{found}: {error['msg']}"


def _shown(value: Any) -> str:
    return repr(str(value)[:40])
