import { sql } from "drizzle-orm";
import type { Database } from "../../store/database.ts";
import { signers } from "../../store/tables/index.ts";
import type { Batches, RowLoader } from "./batch.ts";

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
