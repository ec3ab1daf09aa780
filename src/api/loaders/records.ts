import { sql } from "drizzle-orm";
import { compareCodePoints, type PithNumber, parseInstant } from "../../protocol/index.ts";
import { readStoredAliases } from "../../row-rules/index.ts";
import {
  type BuiltDocument,
  currentSignal,
  type Database,
  isLargePaper,
  PaperStates,
  readLogTexts,
  readPaperHeads,
  records,
  signers,
  type TotalName,
  totals,
} from "../../store/index.ts";
import { buildPaperDocument } from "../paper-document.ts";
import type { Batches, RowLoader } from "./batching.ts";
import { readInPortions } from "./pacing.ts";
import type { Rows } from "./shared-batches.ts";

export type RecordLoaders = {
  /** By `paper_id`: the canonical text of a record that a bundle contained outside its events. */
  readonly record: RowLoader<bigint, string | null>;
};

export function prepareRecordLoaders({ db }: Pick<Database, "db">): (batches: Batches) => RecordLoaders {
  const byIds = db
    .select({ paperId: records.paperId, record: records.record })
    .from(records)
    .where(sql`${records.paperId} = ANY(${sql.placeholder("ids")}::bigint[])`)
    .prepare("api_records_by_id");
  const sizesByIds = db
    .select({
      paperId: records.paperId,
      size: sql<number>`coalesce(octet_length(${records.record}), 0)`.mapWith(Number),
    })
    .from(records)
    .where(sql`${records.paperId} = ANY(${sql.placeholder("ids")}::bigint[])`)
    .prepare("api_record_sizes_by_id");
  return (batches) => ({
    record: batches.loader(async (ids) => {
      const sizes = new Map((await sizesByIds.execute({ ids })).map((row) => [row.paperId, row.size]));
      const found = new Map<bigint, string | null>();
      await readInPortions(
        ids,
        (id) => sizes.get(id) ?? 0,
        batches.allowance,
        async (portion) => {
          for (const { paperId, record } of await byIds.execute({ ids: portion })) found.set(paperId, record);
        },
      );
      return found;
    }, null),
  });
}

type StateKey = { readonly paperId: bigint; readonly pithNumber: string };

export type StateLoaders = {
  /** The state merged from the paper's log. More expensive than a row: loaded only if a field needs it. */
  readonly state: RowLoader<StateKey, BuiltDocument | null>;
};

export function prepareStateLoaders({
  db,
  states = new PaperStates(),
}: Pick<Rows, "db" | "states">): (batches: Batches) => StateLoaders {
  return (batches) => ({
    state: batches.loader(
      async (keys) => {
        const heads = await readPaperHeads(
          db,
          keys.map(({ paperId }) => paperId),
        );
        const built = new Map<bigint, BuiltDocument>();
        const read = async (portion: readonly StateKey[]) => {
          const small = portion.flatMap(({ paperId }) => {
            const head = heads.get(paperId);
            return head === undefined || isLargePaper(head) ? [] : paperId;
          });
          const logs = await readLogTexts(db, small);
          for (const { paperId, pithNumber } of portion) {
            const head = heads.get(paperId);
            if (head === undefined) continue;
            await batches.allowance.turn();
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
        await readInPortions(
          keys,
          ({ paperId }) => heads.get(paperId)?.logBytes ?? 0,
          batches.allowance,
          read,
        );
        return built;
      },
      null,
      ({ paperId }) => paperId,
    ),
  });
}

export type AliasRow = {
  readonly paperId: bigint;
  readonly kind: string;
  readonly value: string;
  readonly createdAt: string;
};

export type AliasLoaders = {
  /** By `paper_id`: the aliases in the paper's state, in its order. */
  readonly aliasesOfPaper: RowLoader<bigint, readonly AliasRow[]>;
};

export function prepareAliasLoaders({ db }: Pick<Database, "db">): (batches: Batches) => AliasLoaders {
  const ofPapers = db
    .select({ paperId: records.paperId, aliases: records.aliases })
    .from(records)
    .where(sql`${records.paperId} = ANY(${sql.placeholder("ids")}::bigint[])`)
    .prepare("api_aliases_of_papers");
  return (batches) => ({
    aliasesOfPaper: batches.loader(async (ids) => {
      const rows = await ofPapers.execute({ ids });
      return new Map(rows.map(({ paperId, aliases }) => [paperId, currentAliases(paperId, aliases)]));
    }, []),
  });
}

function currentAliases(paperId: bigint, text: string): AliasRow[] {
  return readStoredAliases(text)
    .filter(({ isCurrent }) => isCurrent)
    .map(({ kind, value, createdAt }) => ({
      paperId,
      kind,
      value,
      createdAt: `${parseInstant(createdAt) ?? ""}Z`,
    }))
    .sort(compareAliases);
}

/** By kind and value, the order of a state document. */
function compareAliases(a: AliasRow, b: AliasRow): number {
  return compareCodePoints(a.kind, b.kind) || compareCodePoints(a.value, b.value);
}

export type SignerRow = typeof signers.$inferSelect;

export type SignerLoaders = {
  /** A signer by its key's fingerprint. */
  readonly signer: RowLoader<string, SignerRow | null>;
  /** All signers, by fingerprint: a row for each key. */
  readonly allSigners: () => Promise<SignerRow[]>;
};

export function prepareSignerLoaders({ db }: Pick<Database, "db">): (batches: Batches) => SignerLoaders {
  const byFingerprints = db
    .select()
    .from(signers)
    .where(sql`${signers.fingerprint} = ANY(${sql.placeholder("fingerprints")}::text[])`)
    .prepare("api_signers");
  return (batches) => ({
    signer: batches.loader(async (fingerprints) => {
      const rows = await byFingerprints.execute({ fingerprints });
      return new Map(rows.map((row) => [row.fingerprint, row]));
    }, null),
    allSigners: () => batches.track(async () => db.select().from(signers).orderBy(signers.fingerprint)),
  });
}

export type TotalLoaders = {
  /** A stored total; 0 if there is none yet. */
  readonly total: RowLoader<TotalName, number>;
};

export function prepareTotalLoaders({ db }: Pick<Database, "db">): (batches: Batches) => TotalLoaders {
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
