import type { Signer } from "../../../proof/trust.ts";
import type { VerifiedPaper } from "../../../verify/verify-bundle.ts";
import type { PaperAnswer } from "../paper-query.ts";
import { type CheckName, type CheckResult, checkLook, checkWords, resultWords } from "./check-words.ts";

const signs: Readonly<Record<CheckResult, string>> = {
  PASSED: "M3 8.5 6.5 12 13 4.5",
  FAILED: "M4 4 12 12M12 4 4 12",
  NOT_CHECKABLE: "M3.5 8h9",
};

/** Each check with its outcome in words, and with what this browser found once it has verified the paper. */
export function CheckList({
  verification,
  recordSigner,
  browser,
}: {
  verification: PaperAnswer["verification"];
  recordSigner: Signer | null;
  browser: VerifiedPaper | null;
}) {
  const words = checkWords(recordSigner);
  return (
    <ul class="checks">
      {(Object.keys(words) as CheckName[]).map((name) => {
        const result = verification[name];
        const found = name === "publishedStateHash" ? undefined : browser?.checks[name];
        return (
          <li key={name} class={`check ${checkLook(name, result, recordSigner)}`}>
            <Sign result={result} />
            <div>
              <p class="check-question">{words[name].title}</p>
              <p class="small">
                <span class="only-read">{resultWords[result]}: </span>
                {words[name][result]}
              </p>
              {found !== undefined && (
                <p class={`small check-browser ${found === result ? "agrees" : "differs"}`}>
                  This browser: {resultWords[found]}
                  {found !== result && `, not ${resultWords[result]}`}
                </p>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function Sign({ result }: { result: CheckResult }) {
  return (
    <svg class="check-sign" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={signs[result]} fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" />
    </svg>
  );
}
