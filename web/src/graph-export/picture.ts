import {
  type ColourScheme,
  citationKey,
  type Neighbourhood,
  type Shape,
  shapeLegend,
  type Tick,
} from "../graph/index.ts";
import type { GraphDrawing, LabelSide, Marks } from "../graph-drawing/index.ts";
import type { ThemeTokens } from "../theme/index.ts";
import { escapeXml } from "./xml.ts";

type PictureInput = {
  readonly neighbourhood: Neighbourhood;
  readonly colourScheme: ColourScheme;
  readonly marks: Marks;
  readonly tokens: ThemeTokens;
  readonly title: string;
  readonly notes: readonly string[];
};

/** The currently visible graph, for saving. */
export function capturePicture(drawing: GraphDrawing, input: PictureInput): Picture {
  const { neighbourhood, colourScheme, marks, tokens, title, notes } = input;
  const view = drawing.snapshot();
  const worksById = new Map(view.works.map((work) => [work.id, work]));
  const isMarked = (id: string) => marks.selected.has(id) || marks.pathWorks.has(id);
  return {
    width: view.width,
    height: view.height,
    ground: tokens.raised,
    text: tokens.text,
    soft: tokens.soft,
    line: tokens.line,
    title,
    notes,
    ticks: view.ticks,
    lines: neighbourhood.citations
      .map((citation) => ({ ...citation, isOnPath: marks.pathCitations.has(citationKey(citation)) }))
      // Draw the path above the rest.
      .sort((a, b) => Number(a.isOnPath) - Number(b.isOnPath))
      .flatMap(({ citing, cited, isOnPath }) => {
        const [from, to] = [worksById.get(citing), worksById.get(cited)];
        if (from === undefined || to === undefined) return [];
        return [{ from, to, colour: isOnPath ? tokens.accent : tokens.line, width: isOnPath ? 3 : 0.8 }];
      }),
    nodes: view.works
      .toSorted((a, b) => b.radius - a.radius)
      .map(({ id, x, y, radius, colour, shape, name, label, isLabelled, labelSide }) => ({
        at: { x, y },
        radius,
        colour,
        shape,
        name,
        labelSide,
        label: isLabelled || isMarked(id) ? label : null,
        ring: isMarked(id) ? tokens.accent : null,
      })),
    legend: [
      ...colourScheme.legend.map(({ text, colour }) => ({ text, colour, shape: "circle" as const })),
      ...shapeLegend([...neighbourhood.works.values()]).map((entry) => ({ ...entry, colour: tokens.soft })),
    ],
  };
}

/** A picture in pixels from the top left. */
export type Picture = {
  readonly width: number;
  readonly height: number;
  readonly ground: string;
  readonly text: string;
  readonly soft: string;
  readonly line: string;
  readonly title: string;
  readonly lines: readonly {
    readonly from: Point;
    readonly to: Point;
    readonly colour: string;
    readonly width: number;
  }[];
  readonly nodes: readonly {
    readonly at: Point;
    readonly radius: number;
    readonly colour: string;
    readonly shape: Shape;
    readonly name: string;
    /** The text beside it; null if there is no room. */
    readonly label: string | null;
    readonly labelSide: LabelSide;
    readonly ring: string | null;
  }[];
  readonly ticks: readonly (Tick & { readonly x: number })[];
  readonly legend: readonly { readonly text: string; readonly colour: string; readonly shape: Shape }[];
  readonly notes: readonly string[];
};

type Point = { readonly x: number; readonly y: number };

const legendLine = 20;
const fonts = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif";

/** A picture as SVG, with axis, legend and notes. */
export function toSvg(drawing: Picture): string {
  const { width, height, ground, text, soft, line } = drawing;
  const under = height + 14;
  const rows = Math.max(drawing.legend.length, 1);
  const columns = Math.max(1, Math.floor((width - 32) / 220));
  const legendRows = Math.ceil(rows / columns);
  const full = under + legendRows * legendLine + drawing.notes.length * legendLine + 12;
  const legend = drawing.legend.map(({ text: meaning, colour, shape }, index) => {
    const x = 24 + (index % columns) * 220;
    const y = under + 10 + Math.floor(index / columns) * legendLine;
    return `${shapeElement(shape, { x, y }, 5.5, colour, null)}<text x="${x + 14}" y="${y + 4}" fill="${text}">${escapeXml(meaning)}</text>`;
  });
  const notes = drawing.notes.map(
    (note, index) =>
      `<text x="18" y="${under + legendRows * legendLine + 14 + index * legendLine}" fill="${soft}">${escapeXml(note)}</text>`,
  );
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${full}" viewBox="0 0 ${width} ${full}" font-family="${fonts}" font-size="12" role="img">`,
    `<title>${escapeXml(drawing.title)}</title>`,
    `<rect width="${width}" height="${full}" fill="${ground}"/>`,
    `<clipPath id="area"><rect width="${width}" height="${height}"/></clipPath>`,
    '<g clip-path="url(#area)">',
    ...drawing.ticks.map(
      ({ x, text: year }) =>
        `<line x1="${format(x)}" y1="0" x2="${format(x)}" y2="${height - 22}" stroke="${line}"/><text x="${format(x)}" y="${height - 7}" fill="${soft}" text-anchor="middle">${escapeXml(year)}</text>`,
    ),
    ...drawing.lines.map(
      ({ from, to, colour, width: thickness }) =>
        `<line x1="${format(from.x)}" y1="${format(from.y)}" x2="${format(to.x)}" y2="${format(to.y)}" stroke="${colour}" stroke-width="${format(thickness)}"/>`,
    ),
    ...drawing.nodes.map(
      ({ at, radius, colour, shape, name, ring }) =>
        `<g><title>${escapeXml(name)}</title>${shapeElement(shape, at, radius, colour, ring)}</g>`,
    ),
    ...drawing.nodes.flatMap(({ at, radius, label, labelSide }) =>
      label === null
        ? []
        : [
            `<text ${labelPosition(labelSide, at, radius)} fill="${text}" stroke="${ground}" stroke-width="3" stroke-linejoin="round" paint-order="stroke">${escapeXml(label)}</text>`,
          ],
    ),
    "</g>",
    ...legend,
    ...notes,
    "</svg>",
  ].join("\n")}\n`;
}

function labelPosition(side: LabelSide, { x, y }: Point, radius: number): string {
  if (side === "above") return `x="${format(x)}" y="${format(y - radius - 5)}" text-anchor="middle"`;
  if (side === "left") return `x="${format(x - radius - 4)}" y="${format(y + 4)}" text-anchor="end"`;
  return `x="${format(x + radius + 4)}" y="${format(y + 4)}"`;
}

function shapeElement(
  shape: Shape,
  { x, y }: Point,
  radius: number,
  colour: string,
  ring: string | null,
): string {
  const tokens = `fill="${colour}"${ring === null ? "" : ` stroke="${ring}" stroke-width="2.5"`}`;
  if (shape === "circle")
    return `<circle cx="${format(x)}" cy="${format(y)}" r="${format(radius)}" ${tokens}/>`;
  const points = {
    square: [-0.85, -0.85, 0.85, -0.85, 0.85, 0.85, -0.85, 0.85],
    triangle: [0, -1.1, 1, 0.7, -1, 0.7],
    diamond: [0, -1.1, 1.1, 0, 0, 1.1, -1.1, 0],
  }[shape];
  const placed = points.map((value, index) => format((index % 2 === 0 ? x : y) + value * radius));
  return `<polygon points="${placed.join(" ")}" ${tokens}/>`;
}

/** A number rounded to one decimal. */
function format(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Renders an SVG as PNG at the given scale. Rejects if the browser cannot draw it. */
export async function toPng(svg: string, scale: number): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * scale;
    canvas.height = image.naturalHeight * scale;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
    if (blob === null) throw new Error("The picture could not be drawn as PNG.");
    return blob;
  } finally {
    URL.revokeObjectURL(address);
  }
}
