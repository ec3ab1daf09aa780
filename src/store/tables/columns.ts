import { customType, pgEnum } from "drizzle-orm/pg-core";

/** A SHA-256 as 32 bytes in the table and lower-case hex in the program. */
export const sha256 = customType<{ data: string; driverData: Buffer }>({
  dataType: () => "bytea",
  toDriver: (hex) => Buffer.from(hex, "hex"),
  fromDriver: (bytes) => bytes.toString("hex"),
});

/** An instant to the microsecond: `YYYY-MM-DDTHH:MM:SS.ffffffZ` in the program, as PostgreSQL keeps it. */
export const instant = customType<{ data: string; driverData: string }>({
  dataType: () => "timestamp (6) with time zone",
  fromDriver: instantFromDriver,
});

/** Reads `2023-02-23 17:34:53.5+00`, which is how a session in UTC prints an instant. */
export function instantFromDriver(text: string): string {
  const [, date = "", time = "", fraction = ""] = /^(\S+) (\d\d:\d\d:\d\d)(?:\.(\d+))?\+00$/.exec(text) ?? [];
  if (date === "") throw new Error(`PostgreSQL printed a time in a form that is not UTC: ${text}`);
  return `${date.padStart(10, "0")}T${time}.${fraction.padEnd(6, "0")}Z`;
}

/** Lowest first, so that the database compares proofs as the protocol does. */
export const proof = pgEnum("proof", ["hash", "receipt", "signed"]);

export const checkResult = pgEnum("check_result", ["PASSED", "FAILED", "NOT_CHECKABLE"]);

export const eventStatus = pgEnum("event_status", ["current", "superseded", "not_applied", "invalid"]);

export const identifierKind = pgEnum("identifier_kind", ["arxiv", "doi", "work_id"]);
