export { type Bound, keyOf, keyOrders, type OrderedPaper, type PaperOrder, type Stretch } from "./places.ts";
export { readPapersOf } from "./read-papers.ts";
