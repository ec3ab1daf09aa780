export { createSubmissionHandlers } from "./handlers.ts";
export { noSubmissions, SubmissionService } from "./submission-service.ts";
