"""Datasets of the linked window for the glass and the checkpoint that are chosen, made once for equal content."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard import calls
from symgnn.check import ValidationReport
from symgnn.errors import InputError
from symgnn.explanations.explanation import Explanation
from symgnn.glass import Glass
from symgnn.inference.predict import Checkpoint
from symgnn.structure import LocalStructure
from symgnn.viewer3d.columns import Column, columns, number
from symgnn.viewer3d.window_data import Dataset, explanation_dataset, glass_dataset


def glass_data(model: Checkpoint | None, glass: Glass) -> tuple[Dataset, InputError | None]:
    """The glass with its columns, and why its barriers could not be predicted, None where they were."""
    key, listed, problem = _columns(model, glass, None)
    return _glass_data(_full_hash(glass), key, glass, listed), problem


def checked_data(model: Checkpoint | None, glass: Glass, report: ValidationReport) -> Dataset:
    """The glass with a further column, how far the surroundings of each atom are from the training data."""
    more = {}
    if report.percentile is not None:
        words = "Of 100 atoms of held-out training glasses, so many have more usual surroundings."
        column = number("training_percentile", "Training percentile", report.percentile, "", 1, words)
        more[column.name] = replace(column, range=(0.0, 100.0))
    key, listed, _ = _columns(model, glass, more)
    return _glass_data(_full_hash(glass), f"{key} checked", glass, listed)


def _columns(
    model: Checkpoint | None, glass: Glass, more: dict[str, Column] | None
) -> tuple[str | None, list[Column], InputError | None]:
    """The key of the predictions, all columns, and why there are no predictions."""
    predicted = sigma = problem = None
    if model is not None:
        try:
            predicted, sigma = calls.predicted(model, glass), calls.uncertainty(model, glass)
        except InputError as error:
            problem = error
    key = None if predicted is None else model.key
    local = _local(glass)
    listed = columns(
        glass,
        predicted=predicted,
        sigma=sigma,
        local=local,
        coordination=None if local is not None else calls.coordination(glass),
        more=more,
    )
    return key, listed, problem


@st.cache_resource(max_entries=8, show_spinner=False)
def _glass_data(glass_key: str, model_key: str | None, _glass: Glass, _columns: list) -> Dataset:
    return glass_dataset(_glass, _columns)


@st.cache_resource(max_entries=32, show_spinner=False)
def explanation_data(key: str, _glass: Glass, _explained: Explanation) -> Dataset:
    """The edges of an explanation; key: that of the explanation."""
    return explanation_dataset(_glass, _explained)


def _local(glass: Glass) -> LocalStructure | None:
    """Voronoi indices and so on; None for a glass with a surface or wide voids."""
    try:
        return calls.surroundings(glass)
    except InputError:
        return None


def _full_hash(glass: Glass) -> str:
    """Of the structure, the name, the labels and all properties of the file."""
    labelled = glass.with_properties(**({} if glass.barriers is None else {" labels": glass.barriers}))
    return f"{glass.name} {labelled.content_hash_with(sorted(labelled.properties))}"
