import type { Colours, GraphAnswer, Positions } from "../graph/index.ts";
import type { GraphDrawing, Marks } from "../graph-drawing/index.ts";
import { readLook } from "../theme/index.ts";
import { citationsCsv, worksCsv } from "./csv.ts";
import { graphml } from "./graphml.ts";
import { pictureOf, pngOf, svg } from "./picture.ts";

export type FileFormat = "svg" | "png" | "graphml" | "works.csv" | "citations.csv";

type Shown = {
  readonly answer: GraphAnswer;
  readonly positions: Positions;
  readonly colours: Colours;
  readonly marks: Marks;
  readonly drawing: GraphDrawing | null;
  /** Sentences below a saved picture. */
  readonly notes: readonly string[];
};

const name = "citations";

/** Gives the browser what is shown, as a file. */
export async function saveGraph(format: FileFormat, shown: Shown): Promise<void> {
  const { neighbourhood } = shown.answer;
  switch (format) {
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

function pictureText({ answer, colours, marks, drawing, notes }: Shown): string {
  if (drawing === null) throw new Error("Nothing is drawn yet.");
  const { neighbourhood, variables } = answer;
  return svg(
    pictureOf(drawing, {
      neighbourhood,
      colours,
      marks,
      look: readLook(),
      title: `Citations around ${variables.roots.join(", ")}`,
      notes,
    }),
  );
}

/** Gives the browser a file to keep. */
export function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads it once it has begun; a minute is enough for that.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
