import { labelText } from "../label-text.ts";
import type { DrawnWork } from "./drawn.ts";
import type { NodeAttributes } from "./styles.ts";

/** What sigma draws of a work, but for where. */
export function looksOf({
  radius,
  colour,
  shape,
  name,
  isRoot,
}: DrawnWork): Omit<NodeAttributes, "x" | "y" | "labelPosition"> {
  return { size: radius, color: colour, shape, label: labelText(name), isRoot };
}

/** Names stand to the right, but of the works furthest right to the left: there they would not be seen whole. */
export function sidesOf(works: readonly DrawnWork[]): (work: DrawnWork) => "left" | "right" {
  const least = works.reduce((x, work) => Math.min(x, work.x), Number.POSITIVE_INFINITY);
  const most = works.reduce((x, work) => Math.max(x, work.x), Number.NEGATIVE_INFINITY);
  const border = least + 0.8 * (most - least);
  return ({ x }) => (x > border && most > least ? "left" : "right");
}
