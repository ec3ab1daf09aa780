/** A binary COPY begins with a signature of 11 bytes, flags of 4, and the length of an extension. */
const headerBytes = 19;

/** Called with each row of a COPY: `at` is where its fields begin. Bytes are good until it returns. */
export type RowReader = (view: DataView, at: number) => void;

/**
 * Reads rows of one length from a binary COPY that comes in pieces, without an object for a row: fields that are not
 * null, of types whose length is fixed.
 */
export class CopyReader {
  readonly #rowBytes: number;
  readonly #read: RowReader;
  /** What is left of a piece: less than a row. */
  #rest = new Uint8Array(0);
  #isHeaderRead = false;
  #isEnded = false;

  /** `fieldBytes` are the lengths of a row's fields. */
  constructor(fieldBytes: readonly number[], read: RowReader) {
    this.#rowBytes = fieldBytes.reduce((sum, bytes) => sum + 4 + bytes, 2);
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
    while (at + 2 <= bytes.length) {
      if (view.getInt16(at) < 0) {
        this.#isEnded = true;
        break;
      }
      if (at + rowBytes > bytes.length) break;
      read(view, at + 2);
      at += rowBytes;
    }
    this.#rest = bytes.slice(at);
  }

  /** Throws where the rows have not come to their end. */
  end(): void {
    if (!this.#isEnded) throw new Error("The rows of the citation graph came only in part.");
  }
}
