import type { RefusalCount } from "./overview-questions.ts";
import { refusalWords } from "./refusal-words.ts";

/** Why things were refused, what that means, and how often it was so. */
export function RefusalTable({ refusals }: { refusals: readonly RefusalCount[] }) {
  if (refusals.length === 0) return <p class="soft">Nothing was refused so far.</p>;
  return (
    <table>
      <caption class="small soft">What quarantine keeps, by reason</caption>
      <thead>
        <tr>
          <th scope="col">Reason</th>
          <th scope="col">What it means</th>
          <th scope="col">Documents or events</th>
        </tr>
      </thead>
      <tbody>
        {refusals.map(({ kind, code, count }) => (
          <tr key={`${kind} ${code}`}>
            <th scope="row">
              <code>{code}</code>
            </th>
            <td>{refusalWords(code) ?? "A newer server's reason: this page has no words for it."}</td>
            <td>
              {count.toLocaleString("en")} {nameOf(kind, count)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function nameOf(kind: RefusalCount["kind"], count: number): string {
  const name = kind === "DOCUMENT" ? "document" : "event";
  return count === 1 ? name : `${name}s`;
}
