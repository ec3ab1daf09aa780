import { pgTable, text } from "drizzle-orm/pg-core";

/** Derived: who signed the events held. Small: one row for each key. */
export const signers = pgTable("signers", {
  /** 32 hex digits. */
  fingerprint: text("fingerprint").primaryKey(),
  keyId: text("key_id").notNull(),
  signerId: text("signer_id").notNull(),
  signerType: text("signer_type").notNull(),
});
