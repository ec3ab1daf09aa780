/**
 * Why the state of a paper differs from the mirror's: it is outstanding; its document, or events of it, are in quarantine
 * (with the code); the mirror changed it after the feed was followed; it is stored here only; it has other events here;
 * it is not stored here, and the reason is no longer known.
 */
export type DifferenceReason =
  | "OUTSTANDING"
  | `REJECTED ${string}`
  | `EVENTS_REJECTED ${string}`
  | "CHANGED_SINCE"
  | "ONLY_HERE"
  | "OTHER_EVENTS_HERE"
  | "NOT_HERE";

export type StateDifference = {
  /** Papers whose states differ, those stored on one side only included. */
  readonly papers: number;
  /** By reason, the most frequent first. */
  readonly reasons: readonly {
    readonly reason: DifferenceReason;
    readonly papers: number;
    /** The first few, as Pith numbers. */
    readonly examples: readonly string[];
  }[];
};
