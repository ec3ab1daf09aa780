export type { Drawn, LabelSide, Marks } from "./appearance.ts";
export { GraphDrawing, type Listeners } from "./graph-drawing.ts";
