import { ExportCounts, type ExportFile, withSnapshot } from "../../src/export/index.ts";
import type { Database } from "../../src/store/index.ts";

/** The complete export and its counts. */
export function exported(
  database: Database,
  file: ExportFile,
): Promise<{ bytes: Buffer; text: string; rows: number; citations: number }> {
  return withSnapshot(database, async (snapshot) => {
    const counts = new ExportCounts();
    const pieces: Uint8Array[] = [];
    for await (const piece of file.write(snapshot, counts)) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    return { bytes, text: bytes.toString(), rows: counts.main.rows, citations: counts.citations.rows };
  });
}

/** The value, which must not be null. */
export function given<Value>(value: Value | null | undefined): Value {
  if (value === null || value === undefined) throw new Error("The value is missing.");
  return value;
}
