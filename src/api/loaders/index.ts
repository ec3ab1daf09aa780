import { type Allowance, withoutLimit } from "../execution/index.ts";
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
  type WorkLoaders,
} from "./papers.ts";

import {
  type AliasLoaders,
  prepareAliasLoaders,
  prepareRecordLoaders,
  prepareSignerLoaders,
  prepareStateLoaders,
  prepareTotalLoaders,
  type RecordLoaders,
  type SignerLoaders,
  type StateLoaders,
  type TotalLoaders,
} from "./records.ts";
import { prepareReferenceLoaders, type ReferenceLoaders } from "./references.ts";
import type { Rows } from "./shared-batches.ts";

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
  StateLoaders &
  AliasLoaders &
  TotalLoaders & {
    /** For resolvers' statements without a loader, which belong to the current level, too. */
    readonly batches: Batches;
  };

/**
 * Prepares the statements once; each call of the returned function makes the loaders of one request, which read nothing
 * more once the signal is aborted.
 */
export function prepareLoaders(rows: Rows): (signal?: AbortSignal, allowance?: Allowance) => Loaders {
  const paperLoaders = preparePaperLoaders(rows);
  const workLoaders = prepareWorkLoaders(rows);
  const others = [
    prepareClaimLoaders(rows),
    prepareReferenceLoaders(rows),
    prepareCitingPaperLoaders(rows),
    prepareEventLoaders(rows),
    prepareSignerLoaders(rows),
    prepareRecordLoaders(rows),
    prepareStateLoaders(rows),
    prepareTotalLoaders(rows),
    prepareAliasLoaders(rows),
  ] as const;
  const [claims, references, citingPapers, events, signers, records, states, totals, aliases] = others;
  return (signal, allowance = withoutLimit()) => {
    const batches = new Batches(allowance, signal, rows.kept);
    const papersAndWorks = { ...paperLoaders(batches), ...workLoaders(batches) };
    return {
      batches,
      ...papersAndWorks,
      ...paperRefLoaders(papersAndWorks),
      ...claims(batches),
      ...references(batches),
      ...citingPapers(batches),
      ...events(batches),
      ...signers(batches),
      ...records(batches),
      ...states(batches),
      ...totals(batches),
      ...aliases(batches),
    };
  };
}
export { Batches, LoadersByArguments, required } from "./batching.ts";
export { type ClaimKindOrOther, type ClaimRow, claimKinds, ofKinds } from "./claims.ts";
export {
  type EventPage,
  type EventRow,
  type EventTypeOrUnknown,
  eventKeyOf,
  eventKeyParts,
  ofTypes,
} from "./events.ts";
export { ordinalConnection } from "./ordinal.ts";
export { findCitable } from "./paper-refs.ts";
export type { CitingPaperRow, IdentifierRow, PaperRow, WorkRow } from "./papers.ts";
export type { AliasRow, SignerRow } from "./records.ts";
export { buildPaperDocument } from "./records.ts";
export type { ReferenceRow } from "./references.ts";
export { RowCache } from "./row-cache.ts";
export type { Rows } from "./shared-batches.ts";
