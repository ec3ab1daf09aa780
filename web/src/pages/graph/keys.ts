import { type Neighbourhood, neighboursWithin } from "../../graph-view/neighbourhood.ts";
import type { Heading } from "../../graph-view/next-work.ts";
import { nextWork } from "../../graph-view/next-work.ts";
import type { Positions } from "../../graph-view/positions.ts";

const headings: Readonly<Record<string, Heading>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

/** What a key in the picture asks for. */
export type KeyIntent =
  | { readonly kind: "focus"; readonly id: string }
  /** An arrow points where no citation leads. */
  | { readonly kind: "nowhere" }
  | { readonly kind: "select"; readonly isAdded: boolean }
  | { readonly kind: "expand" | "pin" | "open" | "leave" | "fit" | "closer" | "further" };

type Keys = Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">;

/** Reads a key, given where the keyboard is. Null: the key means nothing here. */
export function intentOf(
  { key, shiftKey, ctrlKey, metaKey, altKey }: Keys,
  focused: string | null,
  neighbourhood: Neighbourhood,
  positions: Positions,
): KeyIntent | null {
  if (ctrlKey || metaKey || altKey) return null;
  const ids = [...neighbourhood.works.keys()];
  const [first] = ids;
  if (first === undefined) return null;
  const heading = headings[key];
  const isMove =
    heading !== undefined || key === "PageDown" || key === "PageUp" || key === "Home" || key === "End";
  if (isMove && (focused === null || key === "Home")) return { kind: "focus", id: first };
  if (heading !== undefined && focused !== null) {
    const neighbours = neighboursWithin(neighbourhood).get(focused) ?? new Set<string>();
    const id = nextWork(focused, heading, neighbours, positions);
    return id === null ? { kind: "nowhere" } : { kind: "focus", id };
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
      return { kind: "leave" };
    case "0":
      return { kind: "fit" };
    case "i":
      return { kind: "closer" };
    case "u":
      return { kind: "further" };
    default:
      return null;
  }
}
