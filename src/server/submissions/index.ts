export { createSubmissionHandlers } from "./handlers.ts";
export { noSubmissions, SubmissionDesk } from "./submission-service.ts";
