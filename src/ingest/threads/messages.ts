import type { KeyringEntry, Proof } from "../../protocol/index.ts";
import type { DatabaseOptions } from "../../store/index.ts";
import type { DocumentResult } from "../results.ts";
import type { Delivered } from "../sources/files.ts";

/** Batches under way in one thread: while one is being written the next is verified. */
export const batchesAtOnce = 2;

/** What a thread is given before its first batch. */
export type ThreadData = {
  readonly connection: DatabaseOptions["connection"];
  readonly keyringEntries: readonly KeyringEntry[];
  readonly minimumProof: Proof;
  readonly maximumBytes: number;
  /** The URL of a module that watches what the thread does, a `ThreadWatcher`; null where nobody does. */
  readonly watcher: string | null;
};

/** What a module exports that watches a thread. */
export type ThreadWatcher = {
  /** Watches from now on; what it returns is called at the end. */
  watchThread(): () => Promise<void>;
};

/** A batch to take in, and the memory that its documents lie in. */
export type BatchRequest = {
  readonly id: number;
  readonly batch: readonly Delivered[];
  readonly memory: ArrayBuffer;
};

/** The first of all opens the thread; null ends it. */
export type ThreadRequest = { readonly open: ThreadData } | BatchRequest | null;

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
  /** Where PostgreSQL refused a row: which, and why. */
  readonly table: string | undefined;
  readonly constraint: string | undefined;
  readonly detail: string | undefined;
};
