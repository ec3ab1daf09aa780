import { Watched } from "../../watched.ts";

/** Why the server ended a connection: a fixed list, for metrics. */
export type EndReason =
  /** Its client read too little for too long. */
  | "unread too long"
  /** More was unread on it than one connection may have. */
  | "unread bytes"
  /** More was unread on all connections than they may have together, and it had gone longest without reading. */
  | "unread bytes in all"
  /** It sent too many requests ahead of their answers. */
  | "pipelined requests";

/** Connections that the server ended to bound what it keeps for clients. */
export const endedConnections = new Watched<EndReason>();
