"""Two plots as SVG, with Python's standard library only."""

import os
from html import escape
from pathlib import Path

WIDTH, ROW, LEFT, RIGHT = 640, 26, 170, 70


def bars(values, title):
    """Horizontal bars of (name, number), in the order given."""
    maximum = max((value for _, value in values), default=1) or 1
    parts = []
    for index, (name, value) in enumerate(values):
        y = 40 + index * ROW
        length = (WIDTH - LEFT - RIGHT) * value / maximum
        parts.append(f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end">{escape(str(name))}</text>')
        parts.append(f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{ROW - 8}" fill="#4269d0"/>')
        parts.append(f'<text x="{LEFT + length + 6:.1f}" y="{y + 14}">{value:g}</text>')
    return _svg(title, 50 + len(values) * ROW, parts)


def line(values, title):
    """A line through points (name, number from 0 to 1), with the names below."""
    height, bottom = 240, 200
    step = (WIDTH - 80) / max(1, len(values) - 1)
    points = [(50 + index * step, bottom - 150 * value) for index, (_, value) in enumerate(values)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    parts = [f'<polyline points="{path}" fill="none" stroke="#4269d0" stroke-width="2"/>']
    parts.append(f'<text x="42" y="{bottom + 4}" text-anchor="end">0</text>')
    parts.append('<text x="42" y="54" text-anchor="end">1</text>')
    for (name, _), (x, y) in zip(values, points):
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#4269d0"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 22}" text-anchor="middle">{escape(str(name))}</text>')
    return _svg(title, height, parts)


def show(name, svg):
    """Writes a plot to the folder PITH_GRAPH_PLOTS if that is set, else shows it in Jupyter."""
    folder = os.environ.get("PITH_GRAPH_PLOTS")
    if folder:
        Path(folder, f"{name}.svg").write_text(svg, encoding="utf-8")
        return
    try:
        from IPython.display import SVG, display
    except ImportError:
        return
    display(SVG(svg))


def _svg(title, height, parts):
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12" '
        f'role="img"><title>{escape(title)}</title><text x="{LEFT}" y="22" font-size="14">{escape(title)}</text>'
        + "".join(parts)
        + "</svg>\n"
    )
