"""What glasses are called for people: in lists, in files that are saved, and in commands."""

from __future__ import annotations

import re
from collections import Counter

import streamlit as st

from dashboard import calls, session


def note_file(glass_id: str, file_name: str) -> None:
    """The file from which an upload has come."""
    _files()[glass_id] = file_name


def labels() -> dict[str, str]:
    """Of all glasses, by their name in the link; no two alike, since a select box tells its options by them."""
    names = {
        name: f"{name} (paper)" if path.suffix == ".pickle" else name
        for name, path in calls.glass_files().items()
    }
    uploads = session.uploads()
    titles = {glass_id: _files().get(glass_id, glass.name) for glass_id, glass in uploads.items()}
    used = Counter(titles.values())
    for glass_id, title in titles.items():
        which = f" {uploads[glass_id].content_hash[:6]}" if used[title] > 1 else ""
        names[glass_id] = f"{title} (upload{which})"
    return names


def stem_of(glass_id: str) -> str:
    """With which the names of saved files begin: that of the uploaded file without its ending."""
    if glass_id not in _files():
        return glass_id.removeprefix(session.UPLOAD)
    name = re.sub(r"\.(gz|xz|bz2)$", "", _files()[glass_id])
    return re.sub(r"[^\w.+-]+", "-", name.rpartition(".")[0] or name).strip("-.") or "glass"


def file_of(glass_id: str) -> str:
    """Name of the file that commands read: that on disk, or the uploaded one; of a glass that was made here, the one
    that it is saved as."""
    path = calls.glass_files().get(glass_id)
    return path.name if path is not None else _files().get(glass_id, f"{stem_of(glass_id)}.xyz")


def _files() -> dict[str, str]:
    return st.session_state.setdefault("_file_names", {})
