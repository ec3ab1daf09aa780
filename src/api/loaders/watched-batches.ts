import { Watched } from "../../watched.ts";

/** A batch of a loader on its way: one statement for many keys. */
export type LoaderBatch = {
  readonly keys: number;
  /** How many requests' keys go together. */
  readonly requests: number;
};

export const loaderBatches = new Watched<LoaderBatch>();
