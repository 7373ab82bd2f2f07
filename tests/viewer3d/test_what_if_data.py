"""Datasets of a glass before and after a change, read back from their bytes."""

import numpy as np

from symgnn.inference.predict import load_checkpoint
from symgnn.viewer3d.what_if_data import after_dataset, before_dataset
from symgnn.whatif import parse_change, what_if
from tests.conftest import make_random_glass
from tests.viewer3d.test_window_data import parsed


def columns_of(content: bytes) -> dict[str, np.ndarray]:
    header, arrays = parsed(content)
    return {column["name"]: arrays[column["array"]] for column in header["columns"]}


def test_each_side_has_its_own_atoms_barriers_and_the_shift():
    glass = make_random_glass(60, seed=4)
    result = what_if(load_checkpoint("mpnn"), glass, parse_change("remove 5"), atom=7, relax=False)
    before, after = columns_of(before_dataset(result).content), columns_of(after_dataset(result).content)
    np.testing.assert_allclose(before["barrier"], result.barriers_before, atol=1e-6)
    np.testing.assert_allclose(after["barrier"], result.barriers_after, atol=1e-6)
    assert len(before["shift"]) == 60
    assert np.flatnonzero(np.isnan(before["shift"])).tolist() == [5]
    np.testing.assert_allclose(after["shift"], after["barrier"] - np.delete(before["barrier"], 5), atol=1e-5)
    np.testing.assert_allclose(after["shift"], np.delete(before["shift"], 5), atol=1e-6)
    assert after["moved"].max() == 0.0  # not relaxed


def test_the_atoms_that_a_change_names_are_marked():
    glass, model = make_random_glass(60, seed=4), load_checkpoint("mpnn")
    other = "Zr" if glass.symbols[9] == "Cu" else "Cu"
    for change, before, after in ((f"swap 9={other}", [9], [9]), ("remove 5", [5], None)):
        result = what_if(model, glass, parse_change(change), atom=7, relax=False)
        headers = [parsed(side(result).content)[0] for side in (before_dataset, after_dataset)]
        assert [header.get("marked") for header in headers] == [before, after]
