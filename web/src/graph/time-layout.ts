import { displayYear } from "../text/index.ts";
import { hashToPair, nodeRadius, type Position, type Positions } from "./geometry.ts";
import { findNeighbours, type GraphWork, type Neighbourhood } from "./neighbourhood.ts";

/** The scale of the time axis, in layout units (about pixels before zooming). */
export type TimeScale = {
  readonly from: number;
  readonly to: number;
  readonly unitsPerYear: number;
  /** The x position of works without a year; null if all have one. */
  readonly undated: number | null;
};

export type TimeLayout = { readonly positions: Positions; readonly scale: TimeScale };

type Placed = Position & { readonly radius: number };

const nodeGap = 2.5;
const undatedGap = 90;
/** The approximate width of a picture divided by its height. */
const aspectRatio = 1.5;

/**
 * Places works by date from left to right. Vertically, each is as close as space allows to the mean of its
 * neighbours; the most cited are placed first and therefore in the middle. Deterministic for the same works.
 */
export function timeLayout(neighbourhood: Neighbourhood): TimeLayout {
  let width = Math.max(420, 48 * Math.sqrt(neighbourhood.works.size));
  for (let round = 1; ; round++) {
    const layout = layOut(neighbourhood, width);
    const heights = [...layout.positions.values()].map(({ y }) => y);
    const wanted = aspectRatio * (Math.max(0, ...heights) - Math.min(0, ...heights));
    // Widen the picture until it is wider than high, so that years with many works have room.
    if (round === 3 || wanted <= width) return layout;
    width = wanted;
  }
}

function layOut(neighbourhood: Neighbourhood, width: number): TimeLayout {
  const works = [...neighbourhood.works.values()];
  const maxCitedByCount = Math.max(0, ...works.map(({ citedByCount }) => citedByCount));
  const dates = new Map(works.map((work) => [work.id, workDate(work)]));
  const scale = timeScale(width, [...dates.values()]);
  const neighbours = findNeighbours(neighbourhood);
  const occupied = new OccupiedSpace();
  const positions = new Map<string, Position>();
  const inOrder = works.sort(
    (a, b) =>
      Number(b.depth === 0) - Number(a.depth === 0) ||
      b.citedByCount - a.citedByCount ||
      (a.id < b.id ? -1 : 1),
  );
  for (const { id, citedByCount } of inOrder) {
    const radius = nodeRadius(citedByCount, maxCitedByCount);
    const x = xOfDate(dates.get(id) ?? null, scale);
    const neighbourYs = [...(neighbours.get(id) ?? [])].flatMap((other) => positions.get(other)?.y ?? []);
    const middle =
      neighbourYs.length === 0 ? 0 : neighbourYs.reduce((sum, y) => sum + y, 0) / neighbourYs.length;
    // Offset slightly, up or down, so that no side fills up first.
    const y = occupied.nearestFreeY(x, middle + (hashToPair(id)[1] - 0.5) * 24, radius);
    positions.set(id, { x, y });
    occupied.add({ x, y, radius });
  }
  return { positions, scale };
}

/** The x position of a date. */
export function xOfDate(date: number | null, scale: TimeScale): number {
  if (date === null) return scale.undated ?? 0;
  return (date - scale.from) * scale.unitsPerYear;
}

function timeScale(width: number, dates: readonly (number | null)[]): TimeScale {
  const known = dates.filter((date) => date !== null);
  const from = known.length === 0 ? 0 : Math.floor(Math.min(...known));
  const to = known.length === 0 ? 1 : Math.max(from + 1, Math.ceil(Math.max(...known)));
  return {
    from,
    to,
    unitsPerYear: width / (to - from),
    undated: known.length < dates.length ? (known.length === 0 ? 0 : -undatedGap) : null,
  };
}

/** The occupied space, in columns as wide as the largest node. */
class OccupiedSpace {
  static readonly #width = 40;
  readonly #columns = new Map<number, Placed[]>();

  add(placed: Placed): void {
    const index = Math.floor(placed.x / OccupiedSpace.#width);
    const column = this.#columns.get(index);
    if (column === undefined) this.#columns.set(index, [placed]);
    else column.push(placed);
  }

  /** The y nearest to `wanted` at which the node overlaps no other. */
  nearestFreeY(x: number, wanted: number, radius: number): number {
    const column = Math.floor(x / OccupiedSpace.#width);
    const blocked = [column - 1, column, column + 1]
      .flatMap((near) => this.#columns.get(near) ?? [])
      .flatMap((other) => {
        const distance = other.radius + radius + nodeGap;
        const aside = Math.abs(other.x - x);
        if (aside >= distance) return [];
        const height = Math.sqrt(distance ** 2 - aside ** 2);
        return [{ from: other.y - height, to: other.y + height }];
      })
      .sort((a, b) => a.from - b.from);
    let above = wanted;
    let below = wanted;
    for (const { from, to } of blocked) if (from < below && to > below) below = to;
    for (const { from, to } of blocked.toReversed().sort((a, b) => b.to - a.to)) {
      if (from < above && to > above) above = from;
    }
    return wanted - above < below - wanted ? above : below;
  }
}

/**
 * The date of a work in fractional years: its paper's submission, else a fixed pseudo-random moment within its year.
 * Null if no year is known.
 */
export function workDate(work: Pick<GraphWork, "id" | "submittedAt" | "year" | "statedYear">): number | null {
  const { submittedAt } = work;
  if (submittedAt !== null) {
    const moment = Date.parse(submittedAt);
    if (!Number.isNaN(moment)) return fractionalYear(moment);
  }
  const { year } = displayYear(work);
  return year === null ? null : year + 0.08 + 0.84 * hashToPair(work.id)[0];
}

function fractionalYear(moment: number): number {
  const year = new Date(moment).getUTCFullYear();
  const start = Date.UTC(year, 0);
  return year + (moment - start) / (Date.UTC(year + 1, 0) - start);
}

export type Tick = { readonly year: number; readonly text: string };

const tickSteps = [1, 2, 5, 10, 20, 50, 100];
const minTickSpacing = 56;

/** The years to mark on an axis: round numbers, as many as fit. */
export function timeTicks(from: number, to: number, pixelsPerYear: number): Tick[] {
  const step = tickSteps.find((years) => years * pixelsPerYear >= minTickSpacing) ?? Number.NaN;
  if (Number.isNaN(step)) return [];
  const ticks: Tick[] = [];
  for (let year = Math.ceil(from / step) * step; year <= to && ticks.length < 200; year += step) {
    ticks.push({ year, text: String(year) });
  }
  return ticks;
}
