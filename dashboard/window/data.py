"""Datasets of the linked window for the glass and the checkpoint that are chosen, made once for equal content."""

from __future__ import annotations

from collections.abc import Sequence
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
from symgnn.viewer3d.map_data import MappedEdges, map_dataset
from symgnn.viewer3d.window_data import Dataset, explanation_dataset, glass_dataset


def checked_data(model: Checkpoint | None, glass: Glass, report: ValidationReport) -> Dataset:
    """The glass with a further column, how far the surroundings of each atom are from the training data."""
    more = []
    if report.percentile is not None:
        words = "Of 100 atoms of held-out training glasses, so many have more usual surroundings."
        column = number("training_percentile", "Training percentile", report.percentile, "", 1, words)
        more = [replace(column, range=(0.0, 100.0))]
    dataset, _ = glass_data(model, glass, more=more, more_key="checked")
    return dataset


def glass_data(
    model: Checkpoint | None,
    glass: Glass,
    *,
    more: Sequence[Column] = (),
    more_key: str = "",
    waits: bool = True,
) -> tuple[Dataset, InputError | None]:
    """The glass with its columns, and why its barriers could not be predicted, None where they were.

    more: further columns, whose content more_key stands for. waits: whether to wait for what a worker computes; else it
    is left out until it is there (`is_complete`).
    """
    predicted = sigma = problem = None
    if model is not None and (waits or calls.are_at_hand(model, glass)):
        try:
            predicted, sigma = calls.predicted(model, glass), calls.uncertainty(model, glass)
        except InputError as error:
            problem = error
    key = None if predicted is None else model.key
    local = _local(glass) if waits or calls.surroundings_are_at_hand(glass) else None
    listed = columns(
        glass,
        predicted=predicted,
        sigma=sigma,
        local=local,
        coordination=None if local is not None else calls.coordination(glass),
        more={column.name: column for column in more},
    )
    return _glass_data(_full_hash(glass), key, more_key, local is not None, glass, listed), problem


def is_complete(model: Checkpoint | None, glass: Glass) -> bool:
    """Whether `glass_data` has nothing to wait for."""
    return (model is None or calls.are_at_hand(model, glass)) and calls.surroundings_are_at_hand(glass)


@st.cache_resource(max_entries=8, show_spinner=False)
def _glass_data(
    glass_key: str, model_key: str | None, more_key: str, has_local: bool, _glass: Glass, _columns: list
) -> Dataset:
    return glass_dataset(_glass, _columns)


@st.cache_resource(max_entries=32, show_spinner=False)
def explanation_data(
    key: str, _glass: Glass, _explained: Explanation, _others: tuple[Explanation, ...] = ()
) -> Dataset:
    """The edges of an explanation, with their importance by others; key: those of the explanations."""
    return explanation_dataset(_glass, _explained, _others)


@st.cache_resource(max_entries=16, show_spinner=False)
def map_data(key: str, _glass: Glass, _edges: MappedEdges) -> Dataset:
    """The strongest edges of a whole glass; key stands for them."""
    return map_dataset(_glass, _edges)


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
