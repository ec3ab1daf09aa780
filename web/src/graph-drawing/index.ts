export type { LabelSide, Marks, Scene } from "./appearance.ts";
export { GraphDrawing, type GraphListeners } from "./graph-drawing.ts";
