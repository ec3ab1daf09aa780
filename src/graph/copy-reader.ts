import { to as copyTo } from "pg-copy-streams";
import type { QueryClient } from "../store/index.ts";

/** Reads the rows of a query by binary COPY; see CopyReader. */
export async function copy(
  client: QueryClient,
  select: string,
  fieldBytes: readonly (number | null)[],
  read: RowReader,
): Promise<void> {
  const rows = new CopyReader(fieldBytes, read);
  for await (const chunk of client.query(copyTo(`COPY (${select}) TO STDOUT (FORMAT binary)`))) {
    rows.push(chunk);
  }
  rows.end();
}

/** A binary COPY begins with a signature of 11 bytes, flags of 4, and the length of an extension. */
const headerBytes = 19;

/**
 * Called with each row of a COPY: `at` is where its fields begin. If some have no fixed length, `fields` has the start
 * and the length of each, and the length of NULL is -1. All are valid until it returns.
 */
type RowReader = (view: DataView, at: number, fields: Int32Array) => void;

/** Reads rows from a binary COPY that comes in chunks, without an object for each row. */
export class CopyReader {
  /** Of each row; null if it depends on the row. */
  readonly #rowBytes: number | null;
  readonly #fields: Int32Array;
  readonly #read: RowReader;
  /** The rest of a chunk: less than a row. */
  #rest = new Uint8Array(0);
  #isHeaderRead = false;
  #isEnded = false;

  /** `fieldBytes` are the lengths of a row's fields; null for one that varies or may be NULL. */
  constructor(fieldBytes: readonly (number | null)[], read: RowReader) {
    this.#rowBytes = fieldBytes.includes(null)
      ? null
      : fieldBytes.reduce<number>((sum, bytes) => sum + 4 + (bytes ?? 0), 0);
    this.#fields = new Int32Array(fieldBytes.length * 2);
    this.#read = read;
  }

  push(chunk: Uint8Array): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    if (!this.#isHeaderRead) {
      if (bytes.length < headerBytes) {
        this.#rest = bytes.slice();
        return;
      }
      at = headerBytes + view.getUint32(headerBytes - 4);
      this.#isHeaderRead = true;
    }
    const rowBytes = this.#rowBytes;
    const read = this.#read;
    const fields = this.#fields;
    while (at + 2 <= bytes.length) {
      if (view.getInt16(at) < 0) {
        this.#isEnded = true;
        break;
      }
      const end = rowBytes === null ? findFields(view, at + 2, fields) : at + 2 + rowBytes;
      if (end > bytes.length) break;
      read(view, at + 2, fields);
      at = end;
    }
    this.#rest = bytes.slice(at);
  }

  /** Throws if the data ended before the COPY's trailer. */
  end(): void {
    if (!this.#isEnded) throw new Error("The rows of the citation graph are incomplete.");
  }
}

/** Fills in where the fields of a row are, and returns where it ends: beyond the view if it is incomplete. */
function findFields(view: DataView, start: number, fields: Int32Array): number {
  let at = start;
  for (let field = 0; field < fields.length; field += 2) {
    if (at + 4 > view.byteLength) return Number.POSITIVE_INFINITY;
    const length = view.getInt32(at);
    fields[field] = at + 4;
    fields[field + 1] = length;
    at += 4 + Math.max(0, length);
  }
  return at;
}
