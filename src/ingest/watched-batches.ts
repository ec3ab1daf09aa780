import { Watched } from "../watched.ts";

/** A batch of documents on its way in; it ends with a `DocumentResult` for each. */
export type IngestedBatch = { readonly documents: number };

/** What is taken in in this thread: files, submissions, mirrors. */
export const ingestedBatches = new Watched<IngestedBatch>();
