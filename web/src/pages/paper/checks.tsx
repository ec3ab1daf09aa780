import { type Signer, trustOf } from "../../proof/index.ts";
import type { VerifiedPaper } from "../../verify/index.ts";
import type { PaperResult } from "./queries.ts";

const signs: Readonly<Record<CheckResult, string>> = {
  PASSED: "M3 8.5 6.5 12 13 4.5",
  FAILED: "M4 4 12 12M12 4 4 12",
  NOT_CHECKABLE: "M3.5 8h9",
};

/** Each check with its result, and this browser's result after it has verified the paper. */
export function CheckList({
  verification,
  recordSigner,
  browser,
}: {
  verification: PaperResult["verification"];
  recordSigner: Signer | null;
  browser: VerifiedPaper | null;
}) {
  const words = checkTexts(recordSigner);
  return (
    <ul class="checks">
      {(Object.keys(words) as CheckName[]).map((name) => {
        const result = verification[name];
        const found = name === "publishedStateHash" ? undefined : browser?.checks[name];
        return (
          <li key={name} class={`check ${checkClass(name, result, recordSigner)}`}>
            <Sign result={result} />
            <div>
              <p class="check-title">{words[name].title}</p>
              <p class="small">
                <span class="visually-hidden">{resultLabels[result]}: </span>
                {words[name][result]}
              </p>
              {found !== undefined && (
                <p class={`small check-browser ${found === result ? "agrees" : "differs"}`}>
                  This browser: {resultLabels[found]}
                  {found !== result && `, not ${resultLabels[result]}`}
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

export type CheckName = Exclude<
  keyof PaperResult["verification"],
  "proof" | "signer" | "equivocations" | "invalidEvents"
>;
export type CheckResult = PaperResult["verification"]["recordHash"];

type Words = { readonly title: string } & Readonly<Record<CheckResult, string>>;

/** The checks of a paper and the meaning of each result. `recordSigner` signed the record's receipt. */
export function checkTexts(recordSigner: Signer | null): Readonly<Record<CheckName, Words>> {
  return {
    recordHash: {
      title: "Pith number matches the record",
      PASSED: "The record's hash gives this Pith number.",
      FAILED: "The record's hash gives another Pith number.",
      NOT_CHECKABLE: "This mirror has no record to hash.",
    },
    receipt: {
      title: recordSigner === null ? "Record receipt" : `Record receipt signed by ${recordSigner.signerId}`,
      PASSED: isDemo(recordSigner)
        ? "The signature is valid, but anyone can sign with the demo key: it proves nothing."
        : "Valid: the Ed25519 signature over the record's hash verifies.",
      FAILED: "Invalid: the signature does not verify.",
      NOT_CHECKABLE: "The record has no receipt.",
    },
    titleBinding: {
      title: "Title matches the record",
      PASSED: "The title has the hash that the record states.",
      FAILED: "The title has another hash than the record states.",
      NOT_CHECKABLE: "No title is known, or the record states no hash of it.",
    },
    claimsHash: {
      title: "Claims match the snapshot's hash",
      PASSED: "The claims are complete and unchanged.",
      FAILED: "The claims have another hash than the snapshot states.",
      NOT_CHECKABLE: "This mirror has no snapshot of the paper.",
    },
    referencesHash: {
      title: "References match the snapshot's hash",
      PASSED: "The references are complete and unchanged.",
      FAILED: "The references have another hash than the snapshot states.",
      NOT_CHECKABLE: "Only part of the list is published, and the hash covers all of it.",
    },
    publishedStateHash: {
      title: "Published state hash",
      PASSED: "Merging the events again gives the published hash.",
      FAILED: "Merging the events again gives another hash than the published one.",
      NOT_CHECKABLE: "Not applicable: imported as events, not as a state document.",
    },
  };
}

function isDemo(signer: Signer | null): boolean {
  return trustOf({ proof: "RECEIPT", signer }) === "demo";
}

/** The CSS class of a check. A receipt by a key that proves nothing is not shown as passed. */
export function checkClass(name: CheckName, result: CheckResult, recordSigner: Signer | null): string {
  const trust = trustOf({ proof: "RECEIPT", signer: recordSigner });
  if (name === "receipt" && result === "PASSED" && trust !== "receipt") return "no-proof";
  return result.toLowerCase();
}

export const resultLabels: Readonly<Record<CheckResult, string>> = {
  PASSED: "passed",
  FAILED: "failed",
  NOT_CHECKABLE: "cannot be checked",
};
