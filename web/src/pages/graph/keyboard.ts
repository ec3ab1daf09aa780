import { findNeighbours, type Neighbourhood, type Position, type Positions } from "../../graph/index.ts";

const arrowKeys: Readonly<Record<string, Heading>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

/** The action of a key in the picture. */
export type KeyAction =
  | { readonly kind: "focus"; readonly id: string }
  /** No citation leads in the direction of the arrow key. */
  | { readonly kind: "no-neighbour" }
  | { readonly kind: "select"; readonly isAdded: boolean }
  | { readonly kind: "expand" | "pin" | "open" | "deselect" | "fit" | "zoom-in" | "zoom-out" };

type Keys = Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">;

/** The action of a key, given the focused work. Null if the key has none. */
export function keyAction(
  { key, shiftKey, ctrlKey, metaKey, altKey }: Keys,
  focused: string | null,
  neighbourhood: Neighbourhood,
  positions: Positions,
): KeyAction | null {
  if (ctrlKey || metaKey || altKey) return null;
  const ids = [...neighbourhood.works.keys()];
  const [first] = ids;
  if (first === undefined) return null;
  const heading = arrowKeys[key];
  const isMove =
    heading !== undefined || key === "PageDown" || key === "PageUp" || key === "Home" || key === "End";
  if (isMove && (focused === null || key === "Home")) return { kind: "focus", id: first };
  if (heading !== undefined && focused !== null) {
    const neighbours = findNeighbours(neighbourhood).get(focused) ?? new Set<string>();
    const id = nextWork(focused, heading, neighbours, positions);
    return id === null ? { kind: "no-neighbour" } : { kind: "focus", id };
  }
  switch (key) {
    case "PageDown":
    case "PageUp": {
      const at = ids.indexOf(focused ?? first) + (key === "PageDown" ? 1 : -1);
      return { kind: "focus", id: ids.at(at % ids.length) ?? first };
    }
    case "End":
      return { kind: "focus", id: ids.at(-1) ?? first };
    case "Enter":
    case " ":
      return { kind: "select", isAdded: shiftKey || key === " " };
    case "+":
      return { kind: "expand" };
    case "p":
      return { kind: "pin" };
    case "o":
      return { kind: "open" };
    case "Escape":
      return { kind: "deselect" };
    case "0":
      return { kind: "fit" };
    case "i":
      return { kind: "zoom-in" };
    case "u":
      return { kind: "zoom-out" };
    default:
      return null;
  }
}

export type Heading = "left" | "right" | "up" | "down";

const headings: Readonly<Record<Heading, Position>> = {
  left: { x: -1, y: 0 },
  right: { x: 1, y: 0 },
  up: { x: 0, y: 1 },
  down: { x: 0, y: -1 },
};

/**
 * The work that an arrow key moves to: of the neighbours of the focused work, the one closest to the key's direction,
 * preferring near ones. Null if there is none in that direction.
 */
export function nextWork(
  from: string,
  heading: Heading,
  neighbours: ReadonlySet<string>,
  positions: Positions,
): string | null {
  const here = positions.get(from);
  if (here === undefined) return null;
  const { x, y } = headings[heading];
  let best: string | null = null;
  let lowestCost = Number.POSITIVE_INFINITY;
  for (const id of neighbours) {
    const there = positions.get(id);
    if (there === undefined) continue;
    const [dx, dy] = [there.x - here.x, there.y - here.y];
    const along = dx * x + dy * y;
    const across = Math.abs(dx * y - dy * x);
    // Within 45° of the direction, inclusive: the four arrow keys together reach every neighbour.
    if (along <= 0 || across > along) continue;
    const cost = along + 2 * across;
    if (cost < lowestCost || (cost === lowestCost && best !== null && id < best)) {
      best = id;
      lowestCost = cost;
    }
  }
  return best;
}
