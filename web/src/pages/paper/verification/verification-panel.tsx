import type { PaperAnswer } from "../paper-query.ts";

export function VerificationPanel({ paper }: { paper: PaperAnswer }) {
  return <section class="panel">{paper.verification.proof}</section>;
}
