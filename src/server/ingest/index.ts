import type { IncomingMessage, ServerResponse } from "node:http";
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

/** The routes below `/ingest`. */
export function createSubmissionRoutes(
  desk: SubmissionDesk,
  logError: LogError,
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
      answer: (request, response) => answerStatus(desk, id, request, response),
    };
  };
}
