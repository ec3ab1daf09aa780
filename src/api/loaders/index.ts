import type { Database } from "../../store/database.ts";
import { type CitingPaperLoaders, prepareCitingPaperLoaders } from "./citing-papers.ts";
import { type ClaimLoaders, prepareClaimLoaders } from "./claims.ts";
import { type EventLoaders, prepareEventLoaders } from "./events.ts";
import { type PaperRefLoaders, paperRefLoaders } from "./paper-refs.ts";
import { type PaperLoaders, preparePaperLoaders } from "./papers.ts";
import { prepareRecordLoaders, type RecordLoaders } from "./records.ts";
import { prepareReferenceLoaders, type ReferenceLoaders } from "./references.ts";
import { prepareSignerLoaders, type SignerLoaders } from "./signers.ts";
import { prepareStateLoaders, type StateLoaders } from "./states.ts";
import { prepareTotalLoaders, type TotalLoaders } from "./totals.ts";
import { prepareWorkLoaders, type WorkLoaders } from "./works.ts";

/** What resolvers read through: one set for each request, so that a request sees each row once. */
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
  TotalLoaders;

/** Prepares the statements of a database once; each call of what it returns makes the loaders of one request. */
export function prepareLoaders(database: Pick<Database, "db">): () => Loaders {
  const paperLoaders = preparePaperLoaders(database);
  const workLoaders = prepareWorkLoaders(database);
  const others = [
    prepareClaimLoaders(database),
    prepareReferenceLoaders(database),
    prepareCitingPaperLoaders(database),
    prepareEventLoaders(database),
    prepareSignerLoaders(database),
    prepareRecordLoaders(database),
    prepareStateLoaders(database),
    prepareTotalLoaders(database),
  ] as const;
  const [claims, references, citingPapers, events, signers, records, states, totals] = others;
  return () => {
    const papersAndWorks = { ...paperLoaders(), ...workLoaders() };
    return {
      ...papersAndWorks,
      ...paperRefLoaders(papersAndWorks),
      ...claims(),
      ...references(),
      ...citingPapers(),
      ...events(),
      ...signers(),
      ...records(),
      ...states(),
      ...totals(),
    };
  };
}

/** One set of loaders for who makes no requests. Each call prepares statements anew; a server does that once. */
export function createLoaders(db: Database["db"]): Loaders {
  return prepareLoaders({ db })();
}
