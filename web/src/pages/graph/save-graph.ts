import type { GraphAnswer } from "../../graph-view/ask-graph.ts";
import type { Marks } from "../../graph-view/drawing/drawn.ts";
import type { GraphDrawing } from "../../graph-view/drawing/graph-drawing.ts";
import { citationsCsv, worksCsv } from "../../graph-view/export/csv.ts";
import { download } from "../../graph-view/export/download.ts";
import { graphml } from "../../graph-view/export/graphml.ts";
import { pictureOf } from "../../graph-view/export/picture.ts";
import { pngOf } from "../../graph-view/export/png.ts";
import { svg } from "../../graph-view/export/svg.ts";
import type { Colours } from "../../graph-view/palette.ts";
import type { Positions } from "../../graph-view/positions.ts";
import { readLook } from "../../theme/look.ts";
import { sentencesOf } from "./graph-notes.tsx";
import type { SaveAs } from "./save-menu.tsx";

type Shown = {
  readonly answer: GraphAnswer;
  readonly positions: Positions;
  readonly colours: Colours;
  readonly marks: Marks;
  readonly drawing: GraphDrawing | null;
};

const name = "citations";

/** Gives the browser what is shown, as a file. */
export async function saveGraph(as: SaveAs, shown: Shown): Promise<void> {
  const { neighbourhood } = shown.answer;
  switch (as) {
    case "svg":
      return download(`${name}.svg`, new Blob([pictureText(shown)], { type: "image/svg+xml" }));
    case "png":
      return download(`${name}.png`, await pngOf(pictureText(shown), 2));
    case "graphml":
      return download(
        `${name}.graphml`,
        new Blob([graphml(neighbourhood, shown.positions)], { type: "application/xml" }),
      );
    case "works.csv":
      return download("works.csv", csvFile(worksCsv(neighbourhood)));
    case "citations.csv":
      return download("citations.csv", csvFile(citationsCsv(neighbourhood)));
  }
}

function csvFile(text: string): Blob {
  return new Blob([text], { type: "text/csv;charset=utf-8" });
}

function pictureText({ answer, colours, marks, drawing }: Shown): string {
  if (drawing === null) throw new Error("Nothing is drawn yet.");
  const { neighbourhood, variables } = answer;
  return svg(
    pictureOf(drawing, {
      neighbourhood,
      colours,
      marks,
      look: readLook(),
      title: `Citations around ${variables.roots.join(", ")}`,
      notes: sentencesOf(answer),
    }),
  );
}
