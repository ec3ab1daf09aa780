import type { ColourScheme, LoadedGraph, Positions } from "../graph/index.ts";
import type { GraphDrawing, Marks } from "../graph-drawing/index.ts";
import { readThemeTokens } from "../theme/index.ts";
import { citationsCsv, worksCsv } from "./csv.ts";
import { toGraphml } from "./graphml.ts";
import { capturePicture, toPng, toSvg } from "./picture.ts";

export type FileFormat = "svg" | "png" | "graphml" | "works.csv" | "citations.csv";

type SaveInput = {
  readonly graph: LoadedGraph;
  readonly positions: Positions;
  readonly colourScheme: ColourScheme;
  readonly marks: Marks;
  readonly drawing: GraphDrawing | null;
  /** Sentences below a saved picture. */
  readonly notes: readonly string[];
};

const baseName = "citations";

/** Downloads the graph in a format. */
export async function saveGraph(format: FileFormat, input: SaveInput): Promise<void> {
  const { neighbourhood } = input.graph;
  switch (format) {
    case "svg":
      return download(`${baseName}.svg`, new Blob([currentSvg(input)], { type: "image/svg+xml" }));
    case "png":
      return download(`${baseName}.png`, await toPng(currentSvg(input), 2));
    case "graphml":
      return download(
        `${baseName}.graphml`,
        new Blob([toGraphml(neighbourhood, input.positions)], { type: "application/xml" }),
      );
    case "works.csv":
      return download("works.csv", csvBlob(worksCsv(neighbourhood)));
    case "citations.csv":
      return download("citations.csv", csvBlob(citationsCsv(neighbourhood)));
  }
}

function csvBlob(text: string): Blob {
  return new Blob([text], { type: "text/csv;charset=utf-8" });
}

function currentSvg({ graph, colourScheme, marks, drawing, notes }: SaveInput): string {
  if (drawing === null) throw new Error("Nothing is drawn yet.");
  const { neighbourhood, variables } = graph;
  return toSvg(
    capturePicture(drawing, {
      neighbourhood,
      colourScheme,
      marks,
      tokens: readThemeTokens(),
      title: `Citations around ${variables.roots.join(", ")}`,
      notes,
    }),
  );
}

/** Offers a file for download. */
export function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads the blob when the download starts; a minute is enough.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
