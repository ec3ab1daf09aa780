import { getTableColumns, getTableName, isTable } from "drizzle-orm";
import * as tables from "./tables/index.ts";

/** A value of a row: anything that JSON can represent, a bigint, or bytes. */
export type Cell = string | number | bigint | boolean | null | Uint8Array | readonly string[];

/** Binary encoding of a column. */
type Encoding = "int8" | "int4" | "bool" | "text" | "bytea" | "instant" | "texts";

const encodings: Readonly<Record<string, Encoding>> = {
  bigint: "int8",
  integer: "int4",
  boolean: "bool",
  text: "text",
  bytea: "bytea",
  "timestamp (6) with time zone": "instant",
  "text[]": "texts",
};

/** By table and column. Enum labels are sent as text. */
const encodingsOf = new Map<string, ReadonlyMap<string, Encoding>>();
for (const table of Object.values(tables)) {
  if (!isTable(table)) continue;
  const columns = Object.values(getTableColumns(table));
  encodingsOf.set(
    getTableName(table),
    new Map(columns.map((column) => [column.name, encodings[column.getSQLType()] ?? "text"])),
  );
}

const signature = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
const textArrayOid = 25;

/**
 * Maximum size of a buffer that is kept for the next command of its kind, in bytes. Reuse is cheaper: memory that is
 * new to the process is expensive to touch, and growing a buffer copies it.
 */
const maxSpareBytes = 1 << 24;
const spareBuffers = new Map<string, Buffer>();
const initialBytes = 1 << 13;

/**
 * Rows in COPY's binary format: half the work of the text format for both sides, and no strings for the garbage
 * collector.
 *
 * A bytea may be passed as bytes, or as hexadecimal text prefixed with `\x`; an instant as ISO text in UTC.
 */
export class CopyRows {
  /** The COPY statement for these rows. */
  readonly command: string;
  readonly #encodings: readonly Encoding[];
  #bytes: Buffer;
  #view: DataView;
  #end: number;

  /** `like` is the table that declares these columns, if it is another. */
  constructor(table: string, columns: readonly string[], like = table) {
    const list = columns.map((column) => `"${column}"`).join(", ");
    this.command = `COPY "${table}" (${list}) FROM STDIN (FORMAT binary)`;
    const known = encodingsOf.get(like);
    this.#encodings = columns.map((column) => {
      const encoding = known?.get(column);
      if (encoding === undefined) throw new Error(`No column ${column} in a table ${like}.`);
      return encoding;
    });
    this.#bytes = spareBuffers.get(this.command) ?? Buffer.allocUnsafeSlow(initialBytes);
    spareBuffers.delete(this.command);
    this.#view = new DataView(this.#bytes.buffer);
    signature.copy(this.#bytes);
    this.#end = signature.length;
  }

  add(row: readonly Cell[]): void {
    const encodings = this.#encodings;
    this.#reserve(2 + encodings.length * 12);
    this.#view.setInt16(this.#end, encodings.length);
    this.#end += 2;
    for (let column = 0; column < encodings.length; column++) {
      this.#addCell(encodings[column] as Encoding, row[column] as Cell);
    }
  }

  /** All rows added so far. Valid until `release`. */
  finish(): Buffer {
    this.#reserve(2);
    this.#view.setInt16(this.#end, -1);
    return this.#bytes.subarray(0, this.#end + 2);
  }

  /** Releases the memory, once the bytes are sent. */
  release(): void {
    if (this.#bytes.length <= maxSpareBytes) spareBuffers.set(this.command, this.#bytes);
  }

  #reserve(size: number): void {
    const needed = this.#end + size;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#end);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  #addCell(encoding: Encoding, cell: Cell): void {
    if (cell === null) {
      this.#addInt4(-1);
    } else if (encoding === "int8") {
      this.#addInt4(8);
      this.#reserve(8);
      this.#view.setBigInt64(this.#end, typeof cell === "bigint" ? cell : BigInt(cell as number | string));
      this.#end += 8;
    } else if (encoding === "int4") {
      this.#addInt4(4);
      this.#addInt4(cell as number);
    } else if (encoding === "bool") {
      this.#addInt4(1);
      this.#reserve(1);
      this.#bytes[this.#end++] = cell === true ? 1 : 0;
    } else if (encoding === "instant") {
      this.#addInt4(8);
      this.#reserve(8);
      this.#view.setBigInt64(this.#end, microseconds(cell as string));
      this.#end += 8;
    } else if (encoding === "texts") {
      this.#addTexts(cell as readonly string[]);
    } else if (encoding === "bytea") {
      this.#addBytes(cell as string | Uint8Array);
    } else {
      this.#addText(cell as string);
    }
  }

  #addInt4(value: number): void {
    this.#reserve(4);
    this.#view.setInt32(this.#end, value);
    this.#end += 4;
  }

  #addText(text: string): void {
    // A UTF-16 code unit becomes at maxBytes three bytes. Only if there may be too little room are they counted.
    const maxBytes = 4 + text.length * 3;
    if (this.#end + maxBytes > this.#bytes.length) this.#reserve(4 + Buffer.byteLength(text));
    const size = this.#bytes.write(text, this.#end + 4);
    this.#view.setInt32(this.#end, size);
    this.#end += 4 + size;
  }

  #addBytes(bytes: string | Uint8Array): void {
    if (typeof bytes === "string") {
      const size = (bytes.length - 2) >> 1;
      this.#reserve(4 + size);
      this.#view.setInt32(this.#end, size);
      this.#end += 4 + this.#bytes.write(bytes.slice(2), this.#end + 4, "hex");
      return;
    }
    this.#reserve(4 + bytes.length);
    this.#view.setInt32(this.#end, bytes.length);
    this.#bytes.set(bytes, this.#end + 4);
    this.#end += 4 + bytes.length;
  }

  /** A one-dimensional array: number of dimensions, null flag, element type; then length and lower bound. */
  #addTexts(texts: readonly string[]): void {
    this.#reserve(4);
    const at = this.#end;
    this.#end += 4;
    for (const part of texts.length === 0 ? [0, 0, textArrayOid] : [1, 0, textArrayOid, texts.length, 1]) {
      this.#addInt4(part);
    }
    for (const text of texts) this.#addText(text);
    this.#view.setInt32(at, this.#end - at - 4);
  }
}

const epoch = Date.UTC(2000, 0, 1);
/** The rows of a batch repeat a few instants: the last ones parsed are cached. */
const parsedInstants = new Map<string, bigint>();
const maxParsedInstants = 1000;

/** Microseconds since 2000 of a UTC instant, in ISO form or in PostgreSQL's own (`2023-02-23 17:34:53.5+00`). */
function microseconds(text: string): bigint {
  const known = parsedInstants.get(text);
  if (known !== undefined) return known;
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\d*(?:Z|\+00)$/.exec(text);
  const milliseconds = match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2]}Z`);
  if (match === null || Number.isNaN(milliseconds)) throw new Error(`Not an instant in UTC: ${text}`);
  const value = BigInt(milliseconds - epoch) * 1000n + BigInt((match[3] ?? "").padEnd(6, "0"));
  if (parsedInstants.size >= maxParsedInstants) parsedInstants.clear();
  parsedInstants.set(text, value);
  return value;
}
