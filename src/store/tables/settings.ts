import { pgTable, text } from "drizzle-orm/pg-core";

/** What a mirror remembers of itself: the keyring its tables were judged by, whether the sample was loaded. */
export const settings = pgTable("settings", {
  name: text("name").primaryKey(),
  value: text("value").notNull(),
});
