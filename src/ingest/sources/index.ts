export { readTextFile, skipByteOrderMark, withoutByteOrderMark } from "./byte-order-mark.ts";
export { type Delivered, type FileSource, findSources, readSource, SourceError } from "./files.ts";
export { gunzipped } from "./gunzip.ts";
export { linesOf, type Piece, wholeOf } from "./pieces.ts";
