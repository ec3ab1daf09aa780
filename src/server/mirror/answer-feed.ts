import type { IncomingMessage, ServerResponse } from "node:http";
import type { Database } from "../../store/index.ts";
import type { TimedRead } from "../http/timed-answer.ts";
import type { ChangeWatch } from "./change-watch.ts";
import { awaitFeedPage, defaultLimit, maximumLimit, readFeedPage } from "./feed-page.ts";
import { refuse, revalidated } from "./refusals.ts";
import { queryOf } from "./request-query.ts";
import { sendDocument } from "./send-document.ts";

/** Seconds that a client may ask to wait for a change. */
const longestWait = 30;

export type FeedParts = {
  readonly database: Database;
  readonly watch: ChangeWatch;
  readonly read: TimedRead;
  /** Whom a wait counts for. */
  readonly address: string;
};

/** `/feed`: at once, or as soon as there is something new. */
export async function answerFeed(
  { database, watch, read, address }: FeedParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const query = queryOf(request);
  const after = integerOf(query.get("after") ?? "0", 0, Number.MAX_SAFE_INTEGER);
  const limit = integerOf(query.get("limit") ?? String(defaultLimit), 1, maximumLimit);
  if (after === null) return refuse(request, response, "after must be a position: an integer from 0.");
  if (limit === null) return refuse(request, response, `limit must be an integer from 1 to ${maximumLimit}.`);
  const seconds = integerOf(query.get("wait") ?? "0", 0, longestWait);
  if (seconds === null) {
    return refuse(request, response, `wait must be a whole number of seconds from 0 to ${longestWait}.`);
  }
  const wait = seconds === 0 ? null : watch.begin(address, seconds * 1000);
  if (wait !== null) response.once("close", () => wait.end());
  const look = () => read(() => readFeedPage(database, BigInt(after), limit));
  const { page, head } =
    wait === null ? await look() : await awaitFeedPage(look, BigInt(after), wait).finally(() => wait.end());
  if (response.destroyed) return;
  await sendDocument(request, response, {
    text: Buffer.from(`${JSON.stringify(page)}\n`),
    tag: () => `W/"${head.position}-${head.checksum}"`,
    cacheControl: revalidated,
  });
}

function integerOf(text: string, least: number, most: number): number | null {
  const value = Number(text);
  return /^\d{1,16}$/.test(text) && value >= least && value <= most ? value : null;
}
