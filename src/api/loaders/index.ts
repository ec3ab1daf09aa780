import { type Allowance, unlimitedAllowance } from "../execution/index.ts";
import { Batches } from "./batching.ts";
import { type ClaimLoaders, prepareClaimLoaders } from "./claims.ts";
import { type EventLoaders, prepareEventLoaders } from "./events.ts";
import { type PaperRefLoaders, paperRefLoaders } from "./paper-refs.ts";
import {
  type CitingPaperLoaders,
  type PaperLoaders,
  prepareCitingPaperLoaders,
  preparePaperLoaders,
  prepareWorkLoaders,
  sharedPapers,
  sharedWorks,
  type WorkLoaders,
} from "./papers.ts";

import {
  prepareRecordLoaders,
  prepareSignerLoaders,
  prepareTotalLoaders,
  type RecordLoaders,
  type SignerLoaders,
  type TotalLoaders,
} from "./records.ts";
import { prepareReferenceLoaders, type ReferenceLoaders } from "./references.ts";
import type { LoaderSource } from "./shared-batches.ts";
import { paperFromSummaries, workFromSummaries } from "./summaries.ts";

/** The data access of resolvers: one set for each request, so that a request sees each row in one state. */
export type Loaders = PaperLoaders &
  WorkLoaders &
  PaperRefLoaders &
  ClaimLoaders &
  ReferenceLoaders &
  CitingPaperLoaders &
  EventLoaders &
  SignerLoaders &
  RecordLoaders &
  TotalLoaders & {
    /** For resolvers' statements without a loader, which belong to the current level, too. */
    readonly batches: Batches;
  };

/**
 * Prepares the statements once; each call of the returned function makes the loaders of one request, which read nothing
 * more once the signal is aborted.
 */
export function prepareLoaders(
  source: LoaderSource,
): (signal?: AbortSignal, allowance?: Allowance) => Loaders {
  const rows = { papers: sharedPapers(source), works: sharedWorks(source) };
  const papers = preparePaperLoaders(source, rows.papers);
  const works = prepareWorkLoaders(source, rows.works);
  const claims = prepareClaimLoaders(source);
  const references = prepareReferenceLoaders(source, rows);
  const citingPapers = prepareCitingPaperLoaders(source);
  const events = prepareEventLoaders(source);
  const records = prepareRecordLoaders(source);
  const signers = prepareSignerLoaders(source);
  const totals = prepareTotalLoaders(source);
  return (signal, allowance = unlimitedAllowance()) => {
    const batches = new Batches(allowance, signal, source);
    const papersAndWorks = {
      ...papers(batches, paperFromSummaries),
      ...works(batches, workFromSummaries),
    };
    return {
      batches,
      ...papersAndWorks,
      ...paperRefLoaders(papersAndWorks),
      ...claims(batches),
      ...references(batches, papersAndWorks),
      ...citingPapers(batches),
      ...events(batches),
      ...records(batches),
      ...signers(batches),
      ...totals(batches),
    };
  };
}

export { Batches, required } from "./batching.ts";
export { type ClaimKindOrOther, type ClaimRow, claimColumns, claimKinds, kindCondition } from "./claims.ts";
export { type ColumnSet, selection, type TableColumns } from "./columns.ts";
export {
  type EventRow,
  type EventTypeOrUnknown,
  eventKeyOf,
  eventKeyParts,
  typeCondition,
} from "./events.ts";
export { ordinalConnection } from "./ordinal.ts";
export { findCitable, isPithNumberOf } from "./paper-refs.ts";
export {
  type CitingPaperRow,
  type IdentifierRow,
  type PaperRow,
  paperColumns,
  type WorkRow,
  workColumns,
} from "./papers.ts";
export type { AliasRow, SignerRow } from "./records.ts";
export { buildPaperDocument } from "./records.ts";
export { type CitedColumns, type ReferenceRow, referenceColumns } from "./references.ts";
export { RowCache } from "./row-cache.ts";
export type { LoaderSource, SummarySource } from "./shared-batches.ts";
export {
  currentSummaries,
  paperRowOf,
  rowsFromSummaries,
  type SelectedWorks,
  summaryOf,
} from "./summaries.ts";
