import { pgTable, text } from "drizzle-orm/pg-core";

/** What a mirror remembers of itself: `sample`, where the sample was loaded. */
export const settings = pgTable("settings", {
  name: text("name").primaryKey(),
  value: text("value").notNull(),
});
