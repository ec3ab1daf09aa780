export { noSubmissions, SubmissionDesk } from "./desk.ts";
export { createSubmissionHandlers } from "./handlers.ts";
export { findSubmitter } from "./tokens.ts";
