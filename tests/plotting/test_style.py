"""The common look on light and dark pages."""

import numpy as np
import plotly.graph_objects as go

from symgnn.plotting.style import INK, on_dark, styled


def test_dark_page_exchanges_ink_grid_and_paper_and_leaves_the_data():
    figure = styled(go.Figure(go.Scatter(x=np.arange(3), y=[1, 2, 4], marker={"color": "#0072b2"})))
    figure.add_vline(x=1, line={"color": INK})
    dark = on_dark(figure)
    assert dark.layout.paper_bgcolor == "#12171d"
    assert dark.layout.font.color == dark.layout.shapes[0].line.color == "#e6ebf0"
    assert dark.layout.xaxis.gridcolor == "#2c3641"
    assert dark.data[0].marker.color == "#0072b2"
    np.testing.assert_array_equal(dark.data[0].x, [0, 1, 2])
    assert figure.layout.font.color == INK  # the figure itself is left as it was
