import type { IncomingMessage } from "node:http";
import { Watched } from "../../watched.ts";

/** A request on its way through the server. */
export type WatchedRequest = {
  /** The route's name, of a fixed list; `none` where nothing is. */
  readonly route: string;
  readonly request: IncomingMessage;
  /** Its id in logs. */
  readonly id: string;
};

/** How a request ended. */
export type RequestEnd = {
  /** Of the answer; 0 where the client was gone before it. */
  readonly status: number;
};

/** From the request's head until its answer is sent, or the client is gone. */
export const requests = new Watched<WatchedRequest>();
