export { type Difference, serverWordQuery } from "./compare.ts";
export type { RefusedEvent, UsedKey, VerifiedPaper } from "./verify-bundle.ts";
export { type Verification, VerifyError, verifyAgain } from "./verify-paper.ts";
