import type { RefusalCount } from "./overview-questions.ts";
import { refusalWords } from "./refusal-words.ts";

/** Reasons for rejection with their meaning, and how often each occurred. */
export function RefusalList({ refusals }: { refusals: readonly RefusalCount[] }) {
  if (refusals.length === 0) return <p class="soft">Nothing was rejected so far.</p>;
  return (
    <ul class="refusals" aria-label="Rejected, by reason">
      {refusals.map(({ scope, code, count }) => (
        <li key={`${scope} ${code}`}>
          <strong>
            {count.toLocaleString("en")} {nameOf(scope, count)}:
          </strong>{" "}
          <code>{code}</code>
          <span class="soft">{refusalWords(code) ?? "No description."}</span>
        </li>
      ))}
    </ul>
  );
}

function nameOf(scope: RefusalCount["scope"], count: number): string {
  const name = scope === "DOCUMENT" ? "document" : "event";
  return count === 1 ? name : `${name}s`;
}
