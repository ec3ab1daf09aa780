import {
  type BuiltDocument,
  type DocumentRequest,
  type PaperStates,
  QueueFullError,
} from "../store/index.ts";
import { ApiError, comeAgainSeconds } from "./errors.ts";

/** Makes a document of a paper. Throws UNAVAILABLE if too many requests wait for documents of large papers. */
export async function buildPaperDocument(
  states: PaperStates,
  wanted: DocumentRequest,
): Promise<BuiltDocument> {
  try {
    return await states.build(wanted);
  } catch (error) {
    if (!(error instanceof QueueFullError)) throw error;
    throw new ApiError("UNAVAILABLE", `${error.message} Try again in ${comeAgainSeconds} s.`, {
      retryAfter: comeAgainSeconds,
    });
  }
}
