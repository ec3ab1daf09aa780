import type { Look } from "../../theme/look.ts";
import type { Marks } from "../drawing/drawn.ts";
import type { GraphDrawing } from "../drawing/graph-drawing.ts";
import { type Neighbourhood, nameOfCitation } from "../neighbourhood.ts";
import { type Colours, shapeLegend } from "../palette.ts";
import type { Drawing } from "./svg.ts";

type Shown = {
  readonly neighbourhood: Neighbourhood;
  readonly colours: Colours;
  readonly marks: Marks;
  readonly look: Look;
  readonly title: string;
  readonly notes: readonly string[];
};

/** What is seen of a graph now, to be saved. */
export function pictureOf(drawing: GraphDrawing, shown: Shown): Drawing {
  const { neighbourhood, colours, marks, look, title, notes } = shown;
  const seen = drawing.seen();
  const places = new Map(seen.works.map((work) => [work.id, work]));
  const isMarked = (id: string) => marks.selected.has(id) || marks.pathWorks.has(id);
  return {
    width: seen.width,
    height: seen.height,
    ground: look.raised,
    text: look.text,
    soft: look.soft,
    line: look.line,
    title,
    notes,
    ticks: seen.ticks,
    lines: neighbourhood.citations
      .map((citation) => ({ ...citation, isOnPath: marks.pathCitations.has(nameOfCitation(citation)) }))
      // What stands out is drawn over the rest.
      .sort((a, b) => Number(a.isOnPath) - Number(b.isOnPath))
      .flatMap(({ citing, cited, isOnPath }) => {
        const [from, to] = [places.get(citing), places.get(cited)];
        if (from === undefined || to === undefined) return [];
        return [{ from, to, colour: isOnPath ? look.accent : look.line, width: isOnPath ? 3 : 0.8 }];
      }),
    nodes: seen.works
      .toSorted((a, b) => b.radius - a.radius)
      .map(({ id, x, y, radius, colour, shape, name, label, isLabelled, labelSide }) => ({
        at: { x, y },
        radius,
        colour,
        shape,
        name,
        labelSide,
        label: isLabelled || isMarked(id) ? label : null,
        ring: isMarked(id) ? look.accent : null,
      })),
    legend: [
      ...colours.legend.map(({ text, colour }) => ({ text, colour, shape: "circle" as const })),
      ...shapeLegend([...neighbourhood.works.values()]).map((entry) => ({ ...entry, colour: look.soft })),
    ],
  };
}
