import { bigint, boolean, pgTable, text } from "drizzle-orm/pg-core";
import { instant, sha256 } from "./columns.ts";

/** The mirrors that this one follows, each with how far it has come. Local to a mirror. */
export const followedMirrors = pgTable("followed_mirrors", {
  baseUrl: text("base_url").primaryKey(),
  /** The last position of its feed up to which everything is stored, in quarantine, or in `outstanding_papers`. */
  position: bigint("position", { mode: "bigint" }).notNull(),
  /** Its checksum there. */
  checksum: sha256("checksum"),
  syncedAt: instant("synced_at").notNull(),
  /** SHA-256 of the keyring and minimum proof it was followed with. */
  trust: sha256("trust").notNull(),
  /** Whether other keys, or a lower minimum proof, might accept some of what was rejected on the way. */
  hasUntrusted: boolean("has_untrusted").notNull().default(false),
});
