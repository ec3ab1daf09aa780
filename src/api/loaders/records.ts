import { sql } from "drizzle-orm";
import { compareCodePoints, type PithNumber, parseInstant } from "../../protocol/index.ts";
import { readStoredAliases } from "../../row-rules/index.ts";
import {
  type BuiltDocument,
  currentSignal,
  type DocumentRequest,
  isLargePaper,
  PaperStates,
  QueueFullError,
  readLogTexts,
  readPaperHeads,
  records,
  signers,
  type TotalName,
  totals,
} from "../../store/index.ts";
import { ApiError, retryAfterSeconds } from "../errors.ts";
import { type Allowance, readInPortions } from "../execution/index.ts";
import { type Batches, keyBy, type RowLoader } from "./batching.ts";
import type { LoaderSource } from "./shared-batches.ts";

type PaperKey = { readonly paperId: bigint; readonly pithNumber: string };

export type AliasRow = {
  readonly paperId: bigint;
  readonly kind: string;
  readonly value: string;
  readonly createdAt: string;
};

export type RecordLoaders = {
  /** By `paper_id`: the canonical text of a record that a bundle contained outside its events. */
  readonly record: RowLoader<bigint, string | null>;
  /** By `paper_id`: the aliases in the paper's state, in its order. */
  readonly aliasesOfPaper: RowLoader<bigint, readonly AliasRow[]>;
  /** The state merged from the paper's log. More expensive than a row: loaded only if a field needs it. */
  readonly state: RowLoader<PaperKey, BuiltDocument | null>;
};

export function prepareRecordLoaders({
  db,
  states = new PaperStates(),
}: Pick<LoaderSource, "db" | "states">): (batches: Batches) => RecordLoaders {
  const ofPapers = sql`${records.paperId} = ANY(${sql.placeholder("ids")}::bigint[])`;
  const texts = db
    .select({ paperId: records.paperId, record: records.record })
    .from(records)
    .where(ofPapers)
    .prepare("api_records_by_id");
  const sizes = db
    .select({
      paperId: records.paperId,
      size: sql<number>`coalesce(octet_length(${records.record}), 0)`.mapWith(Number),
    })
    .from(records)
    .where(ofPapers)
    .prepare("api_record_sizes_by_id");
  const aliases = db
    .select({ paperId: records.paperId, aliases: records.aliases })
    .from(records)
    .where(ofPapers)
    .prepare("api_aliases_of_papers");

  const readRecords = async (ids: readonly bigint[], allowance: Allowance) => {
    const sizeOf = new Map((await sizes.execute({ ids })).map((row) => [row.paperId, row.size]));
    const found = new Map<bigint, string | null>();
    await readInPortions(
      ids,
      (id) => sizeOf.get(id) ?? 0,
      allowance,
      async (portion) => {
        for (const { paperId, record } of await texts.execute({ ids: portion })) found.set(paperId, record);
      },
    );
    return found;
  };

  const mergeStates = async (keys: readonly PaperKey[], allowance: Allowance) => {
    const heads = await readPaperHeads(
      db,
      keys.map(({ paperId }) => paperId),
    );
    const built = new Map<bigint, BuiltDocument>();
    const mergePortion = async (portion: readonly PaperKey[]) => {
      const small = portion.flatMap(({ paperId }) => {
        const head = heads.get(paperId);
        return head === undefined || isLargePaper(head) ? [] : paperId;
      });
      const logs = await readLogTexts(db, small);
      for (const { paperId, pithNumber } of portion) {
        const head = heads.get(paperId);
        if (head === undefined) continue;
        await allowance.waitForTurn();
        const state = await buildPaperDocument(states, {
          document: "state",
          pithNumber: pithNumber as PithNumber,
          head,
          reader: "graphql",
          signal: currentSignal(),
          readLog: async () =>
            isLargePaper(head) ? (await readLogTexts(db, [paperId])).get(paperId) : logs.get(paperId),
        });
        built.set(paperId, state);
      }
    };
    await readInPortions(keys, ({ paperId }) => heads.get(paperId)?.logBytes ?? 0, allowance, mergePortion);
    return built;
  };

  return (batches) => ({
    record: batches.loader((ids) => readRecords(ids, batches.allowance), null),
    aliasesOfPaper: batches.loader(async (ids) => {
      const rows = await aliases.execute({ ids });
      return new Map(rows.map((row) => [row.paperId, currentAliases(row.paperId, row.aliases)]));
    }, []),
    state: batches.loader(
      (keys) => mergeStates(keys, batches.allowance),
      null,
      ({ paperId }) => paperId,
    ),
  });
}

/** By kind and value, the order of a state document. */
function currentAliases(paperId: bigint, text: string): AliasRow[] {
  return readStoredAliases(text)
    .filter(({ isCurrent }) => isCurrent)
    .map(({ kind, value, createdAt }) => ({
      paperId,
      kind,
      value,
      createdAt: `${parseInstant(createdAt) ?? ""}Z`,
    }))
    .sort((a, b) => compareCodePoints(a.kind, b.kind) || compareCodePoints(a.value, b.value));
}

/** Makes a document of a paper. Throws UNAVAILABLE if too many requests wait for documents of large papers. */
export async function buildPaperDocument(
  states: PaperStates,
  document: DocumentRequest,
): Promise<BuiltDocument> {
  try {
    return await states.build(document);
  } catch (error) {
    if (!(error instanceof QueueFullError)) throw error;
    throw new ApiError("UNAVAILABLE", `${error.message} Try again in ${retryAfterSeconds} s.`, {
      retryAfter: retryAfterSeconds,
    });
  }
}

export type SignerRow = typeof signers.$inferSelect;

export type SignerLoaders = {
  /** A signer by its key's fingerprint. */
  readonly signer: RowLoader<string, SignerRow | null>;
  /** All signers, by fingerprint: a row for each key. */
  readonly allSigners: () => Promise<SignerRow[]>;
};

export function prepareSignerLoaders({ db }: Pick<LoaderSource, "db">): (batches: Batches) => SignerLoaders {
  const byFingerprints = db
    .select()
    .from(signers)
    .where(sql`${signers.fingerprint} = ANY(${sql.placeholder("fingerprints")}::text[])`)
    .prepare("api_signers");
  return (batches) => ({
    signer: batches.loader(async (fingerprints) => {
      return keyBy(await byFingerprints.execute({ fingerprints }), ({ fingerprint }) => fingerprint);
    }, null),
    allSigners: () => batches.track(async () => db.select().from(signers).orderBy(signers.fingerprint)),
  });
}

export type TotalLoaders = {
  /** A stored total; 0 if there is none yet. */
  readonly total: RowLoader<TotalName, number>;
};

export function prepareTotalLoaders({ db }: Pick<LoaderSource, "db">): (batches: Batches) => TotalLoaders {
  const byNames = db
    .select()
    .from(totals)
    .where(sql`${totals.name} = ANY(${sql.placeholder("names")}::text[])`)
    .prepare("api_totals");
  return (batches) => ({
    total: batches.loader(async (names) => {
      const rows = await byNames.execute({ names });
      return new Map(rows.map((row) => [row.name, row.value]));
    }, 0),
  });
}
