import type { KeyringEntry, Proof } from "../../protocol/index.ts";
import type { DatabaseOptions } from "../../store/index.ts";
import type { Delivered } from "../sources/files.ts";
import type { DocumentResult } from "../take-in.ts";

/** What a thread is given when it starts. */
export type ThreadData = {
  readonly connection: DatabaseOptions["connection"];
  readonly keyringEntries: readonly KeyringEntry[];
  readonly minimumProof: Proof;
  readonly maximumBytes: number;
};

/** A batch to take in; null ends the thread. */
export type ThreadRequest = readonly Delivered[] | null;

export type ThreadReply = { readonly results: readonly DocumentResult[] } | { readonly error: PortableError };

export type PortableError = {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly code: string | undefined;
};
