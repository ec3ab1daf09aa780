import type { SampleReference } from "./sample-reference.ts";

/** A paper as the sample's sources tell it, before it becomes a record and a snapshot. */
export type SamplePaper = {
  readonly source: {
    readonly kind: "arxiv" | "sample";
    readonly id: string;
    readonly version: number;
  };
  /** RFC 3339, UTC. */
  readonly submittedAt: string;
  readonly license: string;
  /** As the source has it: LaTeX, line breaks and accents included. */
  readonly title: string;
  readonly authorsText: string;
  /** Null where the source does not tell it, which is not the same as an empty one. */
  readonly abstract: string | null;
  readonly primaryCategory: string;
  readonly crossCategories: readonly string[];
  readonly claims: readonly SampleClaim[];
  readonly references: readonly SampleReference[];
};

/** A claim before it has its number. */
export type SampleClaim = { readonly kind: string; readonly source: string; readonly text: string };
