import type { graphql } from "../api/graphql.ts";

export type ClaimKind = ReturnType<typeof graphql.scalar<"ClaimKind">>;

/** The roles of claims, in the order in which they are shown. */
export const claimKinds: Readonly<Record<ClaimKind, { readonly name: string; readonly meaning: string }>> = {
  HEADLINE: { name: "Headline", meaning: "The paper in a headline." },
  ONE_LINE_SUMMARY: { name: "One-line summary", meaning: "The paper in one line." },
  STRONGEST_CLAIM: { name: "Strongest claim", meaning: "The most that the paper asserts." },
  WEAKEST_ASSUMPTION: { name: "Weakest assumption", meaning: "What it rests on most precariously." },
  OTHER: { name: "Other claim", meaning: "Claims of other kinds." },
};
