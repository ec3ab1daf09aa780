"""Runs the cells of anchors.ipynb one after the other, without Jupyter.

    PITH_GRAPH_PLOTS=plots python3 examples/notebook/run.py
"""

import json
from pathlib import Path

notebook = json.loads(Path(__file__).with_name("anchors.ipynb").read_text(encoding="utf-8"))
names = {"__name__": "__main__"}
for number, cell in enumerate(notebook["cells"]):
    if cell["cell_type"] == "code":
        exec(compile("".join(cell["source"]), f"anchors.ipynb, cell {number}", "exec"), names)
