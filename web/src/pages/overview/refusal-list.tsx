import type { RefusalCount } from "./overview-questions.ts";
import { refusalWords } from "./refusal-words.ts";

/** Why things were refused, what that means, and how often it was so. */
export function RefusalList({ refusals }: { refusals: readonly RefusalCount[] }) {
  if (refusals.length === 0) return <p class="soft">Nothing was refused so far.</p>;
  return (
    <ul class="refusals" aria-label="What quarantine keeps, by reason">
      {refusals.map(({ kind, code, count }) => (
        <li key={`${kind} ${code}`}>
          <strong>
            {count.toLocaleString("en")} {nameOf(kind, count)}:
          </strong>{" "}
          <code>{code}</code>
          <span class="soft">{refusalWords(code) ?? "This page has no words for it."}</span>
        </li>
      ))}
    </ul>
  );
}

function nameOf(kind: RefusalCount["kind"], count: number): string {
  const name = kind === "DOCUMENT" ? "document" : "event";
  return count === 1 ? name : `${name}s`;
}
