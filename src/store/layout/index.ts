export { CitusMissingError, distributeTables } from "./distribute.ts";
export { queryWithLayout, readLayout } from "./read-layout.ts";
export { single } from "./single.ts";
export { shapeOf, type TableLayout, typeOf } from "./table-layout.ts";
