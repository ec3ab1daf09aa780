import type { KeyringEntry, Proof } from "../../protocol/index.ts";
import type { DatabaseOptions } from "../../store/index.ts";
import type { DocumentResult } from "../results.ts";
import type { Delivered } from "../sources/index.ts";

/** Batches in progress per thread: while one is written the next is verified. */
export const batchesAtOnce = 2;

/** Data that a thread receives before its first batch. */
export type ThreadData = {
  readonly connection: DatabaseOptions["connection"];
  readonly keyringEntries: readonly KeyringEntry[];
  readonly minimumProof: Proof;
  readonly maximumBytes: number;
  /** The URL of a module that exports a `ThreadWatcher`, to trace the thread; null for none. */
  readonly watcher: string | null;
};

/** The exports of a module that traces a thread. */
export type ThreadWatcher = {
  /** Starts tracing; the returned function is called at the end. */
  watchThread(): () => Promise<void>;
};

/** A batch to ingest, and the buffer that contains its documents. */
export type BatchRequest = {
  readonly id: number;
  readonly batch: readonly Delivered[];
  readonly memory: ArrayBuffer;
};

/** The first message opens the thread; null ends it. */
export type ThreadRequest = { readonly open: ThreadData } | BatchRequest | null;

/** The result of the batch with this id. Its buffer is returned for reuse. */
export type ThreadReply = { readonly id: number; readonly memory: ArrayBuffer } & (
  | { readonly results: readonly DocumentResult[] }
  | { readonly error: PortableError }
);

export type PortableError = {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly code: string | undefined;
  /** If PostgreSQL refused a row: its table, and why. */
  readonly table: string | undefined;
  readonly constraint: string | undefined;
  readonly detail: string | undefined;
};
