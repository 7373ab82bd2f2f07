"""What pages ask of symgnn, one file a subject; answers are kept by content, so that equal glasses share them.

Short questions are answered in the server's process, long ones by a worker (`dashboard/workers`). All can be asked
without Streamlit, and then wait for the answer.
"""

from dashboard.calls.barriers import predicted, readable, uncertainty
from dashboard.calls.checkpoints import checkpoint, methods, models, unfit
from dashboard.calls.explanations import (
    explained_glass,
    explained_glass_is_asked,
    explanation,
    explanation_is_kept,
    finished_explanation,
    seconds_to_explain,
    tested,
    to_explain,
)
from dashboard.calls.glasses import (
    coordination,
    glass_files,
    load_glass,
    neighbors,
    read_upload,
    surroundings,
)
from dashboard.calls.homology import (
    exact_cycle,
    exact_cycle_is_kept,
    local_diagrams,
    loop_distance,
    topology,
    topology_is_asked,
    voids,
    voids_are_kept,
    wasserstein_distance,
    wasserstein_distance_is_kept,
)
from dashboard.calls.maps import methods_of_maps, signed_map
from dashboard.calls.physics import (
    event_job,
    known_events,
    relaxed_copy,
    relaxed_copy_is_asked,
    search_job,
    verification,
)
from dashboard.calls.reports import (
    everything,
    everything_is_asked,
    frame_barriers,
    html_of_atom,
    html_of_atom_is_asked,
    html_of_glass,
    html_of_glass_is_asked,
    validation,
)
from dashboard.calls.what_if import (
    atom_of,
    can_relax,
    chain_of,
    change_job,
    check_job,
    design_job,
    report_job,
    scan_job,
)
from symgnn.structure import COORDINATION_CUTOFF

__all__ = [
    "COORDINATION_CUTOFF",
    "atom_of",
    "can_relax",
    "chain_of",
    "change_job",
    "check_job",
    "checkpoint",
    "coordination",
    "design_job",
    "event_job",
    "everything",
    "everything_is_asked",
    "exact_cycle",
    "exact_cycle_is_kept",
    "explained_glass",
    "explained_glass_is_asked",
    "explanation",
    "explanation_is_kept",
    "finished_explanation",
    "frame_barriers",
    "glass_files",
    "html_of_atom",
    "html_of_atom_is_asked",
    "html_of_glass",
    "html_of_glass_is_asked",
    "known_events",
    "load_glass",
    "local_diagrams",
    "loop_distance",
    "methods",
    "methods_of_maps",
    "models",
    "neighbors",
    "predicted",
    "read_upload",
    "readable",
    "relaxed_copy",
    "relaxed_copy_is_asked",
    "report_job",
    "scan_job",
    "search_job",
    "seconds_to_explain",
    "signed_map",
    "surroundings",
    "tested",
    "to_explain",
    "topology",
    "topology_is_asked",
    "uncertainty",
    "unfit",
    "validation",
    "verification",
    "voids",
    "voids_are_kept",
    "wasserstein_distance",
    "wasserstein_distance_is_kept",
]
