"""Of the documentation site: pages that are files of the repository, and links between the two."""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.structure.files import File

PAGES = {
    "leaderboard.md": "checkpoints/README.md",
    "data.md": "data/README.md",
    "contributing.md": "CONTRIBUTING.md",
    "changelog.md": "CHANGELOG.md",
}
"""Page of the site -> file of the repository."""

_LINK = re.compile(r"(\]\()([^)#\s]+)((?:#[^)\s]*)?\))")


def on_files(files, config):
    root = Path(config.config_file_path).parent
    for page, source in PAGES.items():
        text = (root / source).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=_linked(text, Path(source).parent, Path())))
    return files


def on_page_markdown(markdown, page, config, files):
    if page.file.src_uri in PAGES:
        return markdown
    folder = Path("docs") / Path(page.file.src_uri).parent
    return _linked(markdown, folder, Path(page.file.src_uri).parent)


def _linked(text: str, folder: Path, here: Path) -> str:
    """The text with links to files of the repository that are pages of the site made links to those pages.

    folder: of the text in the repository; here: of its page on the site.
    """
    pages = {source: page for page, source in PAGES.items()}

    def replaced(match: re.Match) -> str:
        target = match[2]
        if "://" in target or target.startswith("mailto:"):
            return match[0]
        in_repository = _normal(folder / target)
        if in_repository in pages:
            target = "../" * len(here.parts) + pages[in_repository]
        elif not str(folder).startswith("docs") and in_repository.startswith("docs/"):
            target = in_repository.removeprefix("docs/")
        return f"{match[1]}{target}{match[3]}"

    return _LINK.sub(replaced, text)


def _normal(path: Path) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
