import type Sigma from "sigma";
import { type Tick, type TimeScale, timeTicks, xOfDate } from "../graph/index.ts";

const namespace = "http://www.w3.org/2000/svg";

export type PlacedTick = Tick & { readonly x: number };

/** The ticks of the visible years, with their positions in pixels. */
export function visibleTicks(
  sigma: Pick<Sigma, "graphToViewport" | "viewportToGraph" | "getDimensions">,
  scale: TimeScale,
): PlacedTick[] {
  const { width } = sigma.getDimensions();
  const xOf = (year: number) => sigma.graphToViewport({ x: xOfDate(year, scale), y: 0 }).x;
  const yearAt = (x: number) => scale.from + sigma.viewportToGraph({ x, y: 0 }).x / scale.unitsPerYear;
  const from = Math.max(scale.from, yearAt(0));
  const to = Math.min(scale.to, yearAt(width));
  const ticks = timeTicks(from, to, xOf(scale.from + 1) - xOf(scale.from)).map((tick) => ({
    ...tick,
    x: xOf(tick.year),
  }));
  if (scale.undated === null) return ticks;
  const x = sigma.graphToViewport({ x: scale.undated, y: 0 }).x;
  return [{ year: Number.NaN, text: "no year", x }, ...ticks];
}

/** The time axis behind the works. Decorative: the table has the years. */
export class TimeAxis {
  readonly #svg: SVGSVGElement;
  #renderedKey = "";

  constructor(svg: SVGSVGElement) {
    this.#svg = svg;
  }

  /** Writes nothing if nothing changed, to avoid a layout of the page. */
  show(
    ticks: readonly PlacedTick[],
    { width, height }: { readonly width: number; readonly height: number },
  ): void {
    const key = JSON.stringify([ticks, width, height]);
    if (key === this.#renderedKey) return;
    this.#renderedKey = key;
    this.#svg.replaceChildren(
      ...ticks.flatMap(({ x, text }) => {
        const line = document.createElementNS(namespace, "line");
        line.setAttribute("x1", String(x));
        line.setAttribute("x2", String(x));
        line.setAttribute("y2", String(height - 24));
        const label = document.createElementNS(namespace, "text");
        label.setAttribute("x", String(x));
        label.setAttribute("y", String(height - 8));
        label.textContent = text;
        return isFullyVisible(x, text, width) ? [line, label] : [line];
      }),
    );
  }
}

/** Whether a label centred on its tick fits into the picture. */
function isFullyVisible(x: number, text: string, width: number): boolean {
  const half = 4.5 * text.length;
  return x >= half && x <= width - half;
}
