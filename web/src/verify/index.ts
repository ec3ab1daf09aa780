export { type Difference, serverInfoQuery } from "./compare.ts";
export type { RejectedEvent, UsedKey, VerifiedPaper } from "./verify-bundle.ts";
export { type Verification, VerifyError, verifyPaper } from "./verify-paper.ts";
