import { bigint, pgTable, text } from "drizzle-orm/pg-core";
import { instant, sha256 } from "./columns.ts";

/** The mirrors that this one follows, each with how far it has come. Local to a mirror. */
export const followedMirrors = pgTable("followed_mirrors", {
  baseUrl: text("base_url").primaryKey(),
  /** The last position of its feed up to which everything is taken in or in quarantine, without a gap. */
  position: bigint("position", { mode: "bigint" }).notNull(),
  /** Its checksum there. */
  checksum: sha256("checksum"),
  syncedAt: instant("synced_at").notNull(),
});
