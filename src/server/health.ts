import type { IncomingMessage, ServerResponse } from "node:http";
import type { Database } from "../store/database.ts";
import { sendJson } from "./responses.ts";

/** 200 where the database answers, else 503. */
export async function answerHealth(
  { pool }: Database,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await pool.query("SELECT 1");
  } catch {
    return sendJson(request, response, 503, {
      status: "unavailable",
      reason: "The database does not answer.",
    });
  }
  sendJson(request, response, 200, { status: "ok" });
}
