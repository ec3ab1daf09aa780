import type { SampleReference } from "./sample-reference.ts";

/** A paper from the sample's sources, before it becomes a record and a snapshot. */
export type SamplePaper = {
  readonly source: {
    readonly kind: "arxiv" | "sample";
    readonly id: string;
    readonly version: number;
  };
  /** RFC 3339, UTC. */
  readonly submittedAt: string;
  readonly license: string;
  /** As in the source: LaTeX, line breaks and accents included. */
  readonly title: string;
  readonly authorsText: string;
  /** Null if the source has none, which differs from an empty one. */
  readonly abstract: string | null;
  readonly primaryCategory: string;
  readonly crossCategories: readonly string[];
  readonly claims: readonly SampleClaim[];
  readonly references: readonly SampleReference[];
};

/** A claim without its number. */
export type SampleClaim = { readonly kind: string; readonly source: string; readonly text: string };
