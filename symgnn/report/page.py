"""One HTML file from parts: text, tables, pictures that turn, figures, commands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import plotly.graph_objects as go

from symgnn.report.scripts import as_json, draw_script, inlined, plotly_script, viewer_script
from symgnn.viewer3d.views import Picture

POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
"""Of the browser: nothing is loaded from anywhere, whatever the file holds."""

STYLE = """
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; font: 16px/1.5 Helvetica, Arial, sans-serif; color: #1d2733; }
h1 { font-size: 1.7rem; margin: 0 0 .5rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .93rem; }
th, td { text-align: left; padding: .2rem 1.2rem .2rem 0; border-bottom: 1px solid #e3e7ec; }
.scroll { overflow-x: auto; } .note { color: #56616e; font-size: .9rem; } .verdict { font-size: 1.1rem; }
pre { background: #f3f5f8; padding: .7rem 1rem; white-space: pre-wrap; border-radius: 4px; }
.picture { border: 1px solid #d9dee5; border-radius: 6px; overflow: hidden; }
.canvas { position: relative; height: 30rem; } .tip { min-height: 1.5em; padding: 0 .8rem; font-size: .9rem; }
.legends { display: flex; flex-wrap: wrap; gap: .4rem 1.8rem; padding: .5rem .8rem; font-size: .85rem; }
.legends i { display: inline-block; width: .8em; height: .8em; border-radius: 50%; margin: 0 .35em 0 .8em; }
.strip { display: block; width: 14rem; height: .7em; } .ticks { display: flex; justify-content: space-between; }
"""


@dataclass(frozen=True)
class Text:
    """A paragraph; kind: '', 'note' or 'verdict'."""

    text: str
    kind: str = ""


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Commands:
    """Lines to type."""

    lines: Sequence[str]


@dataclass(frozen=True)
class Rows:
    """A table: names of the columns and rows of texts."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, eq=False)
class View:
    """A picture that turns; text: what is seen, for who does not see it."""

    picture: Picture
    text: str


@dataclass(frozen=True, eq=False)
class Plot:
    """A figure; text: what is seen, for who does not see it."""

    figure: go.Figure
    text: str


Part = Text | Heading | Commands | Rows | View | Plot


def html_page(title: str, parts: Sequence[Part]) -> str:
    """The whole file. Every text is escaped; scripts stand in it once. Raises InputError where 3Dmol.js is missing and
    the page has a picture."""
    pictures: dict[str, dict] = {}
    figures: dict[str, dict] = {}
    body = [_part(part, pictures, figures) for part in parts]
    scripts = [viewer_script()] * bool(pictures) + [plotly_script()] * bool(figures)
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">',
            f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>",
            f"<h1>{escape(title)}</h1>",
            *body,
            f'<script type="application/json" id="data">{as_json({"pictures": pictures, "figures": figures})}</script>',
            *map(inlined, [*scripts, draw_script()]),
            "</body></html>\n",
        ]
    )


def _part(part: Part, pictures: dict[str, dict], figures: dict[str, dict]) -> str:
    if isinstance(part, Heading):
        return f"<h2>{escape(part.text)}</h2>"
    if isinstance(part, Text):
        return f'<p class="{escape(part.kind)}">{escape(part.text)}</p>'
    if isinstance(part, Commands):
        return f"<pre>{escape(chr(10).join(part.lines))}</pre>"
    if isinstance(part, Rows):
        head = "".join(f"<th>{escape(name)}</th>" for name in part.header)
        rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in part.rows)
        lines = "".join(f"<tr>{row}</tr>" for row in rows)
        return (
            f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>'
        )
    if isinstance(part, View):
        name, picture = f"picture{len(pictures)}", part.picture
        pictures[name] = {
            "commands": picture.commands,
            "title": picture.value_title,
            "unit": picture.value_unit,
            "centred": picture.centred,
        }
        legends = "".join(map(_legend, picture.legends))
        return (
            f'<div class="picture" id="{name}"><div class="canvas" role="img" aria-label="{escape(part.text)}"></div>'
            f'<div class="tip"></div><div class="legends">{legends}</div></div>'
        )
    name = f"figure{len(figures)}"
    figures[name] = _without_webgl(json.loads(part.figure.to_json()))
    return f'<div id="{name}" role="img" aria-label="{escape(part.text)}"></div>'


def _without_webgl(figure: dict) -> dict:
    """The figure with its points drawn as SVG: plotly.js makes its WebGL programs by eval, which POLICY forbids."""
    for trace in figure["data"]:
        if trace.get("type") == "scattergl":
            trace["type"] = "scatter"
    return figure


def _legend(legend: dict) -> str:
    if legend["kind"] == "bar":
        ticks = "".join(f"<span>{escape(text)}</span>" for text in legend["ticks"])
        strip = f"background: linear-gradient(to right, {escape(', '.join(legend['stops']))})"
        return (
            f'<div>{escape(legend["title"])}<span class="strip" style="{strip}"></span>'
            f'<span class="ticks">{ticks}</span></div>'
        )
    items = (f'<i style="background: {escape(color)}"></i>{escape(text)}' for text, color in legend["items"])
    return f"<div>{''.join(items)}</div>"
