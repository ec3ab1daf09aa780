import type { KeyringEntry, Proof } from "../../protocol/index.ts";
import type { DatabaseOptions } from "../../store/index.ts";
import type { Delivered } from "../sources/files.ts";
import type { DocumentResult } from "../take-in.ts";

/** Batches under way in one thread: while one is being written the next is verified. */
export const batchesAtOnce = 2;

/** What a thread is given when it starts. */
export type ThreadData = {
  readonly connection: DatabaseOptions["connection"];
  readonly keyringEntries: readonly KeyringEntry[];
  readonly minimumProof: Proof;
  readonly maximumBytes: number;
};

/** A batch to take in, and the memory that its documents lie in; null ends the thread. */
export type ThreadRequest = {
  readonly id: number;
  readonly batch: readonly Delivered[];
  readonly memory: ArrayBuffer;
} | null;

/** What became of the batch of this id. Its memory comes back, to be used for another. */
export type ThreadReply = { readonly id: number; readonly memory: ArrayBuffer } & (
  | { readonly results: readonly DocumentResult[] }
  | { readonly error: PortableError }
);

export type PortableError = {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly code: string | undefined;
};
