import type { IncomingMessage, ServerResponse } from "node:http";
import { inTime } from "../http/timed-answer.ts";
import type { LogError } from "../mask-error.ts";
import { submissionsPath } from "./answers.ts";
import type { SubmissionDesk } from "./desk.ts";
import { answerPost } from "./post.ts";
import { answerStatus } from "./status.ts";

export { noSubmissions, SubmissionDesk } from "./desk.ts";

type Route = {
  readonly methods: readonly string[];
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
};

export type SubmissionOptions = {
  /** How long an answer about a submission may read from the database: then it is TIMEOUT. */
  readonly milliseconds: number;
  readonly logError: LogError;
};

/** The routes below `/ingest`. */
export function createSubmissionRoutes(
  desk: SubmissionDesk,
  { milliseconds, logError }: SubmissionOptions,
): (path: string) => Route | undefined {
  const post: Route = {
    methods: ["POST"],
    answer: (request, response) => answerPost(desk, logError, request, response),
  };
  return (path) => {
    if (path === submissionsPath) return post;
    if (!path.startsWith(`${submissionsPath}/`)) return undefined;
    const id = path.slice(submissionsPath.length + 1);
    return {
      methods: ["GET", "HEAD"],
      answer: inTime(
        (request, response, read) => answerStatus(desk, id, request, response, read),
        milliseconds,
      ),
    };
  };
}
