import { Said } from "../../../text/said.tsx";
import type { Verification } from "../../../verify/verify-again.ts";
import type { RefusedEvent, UsedKey, VerifiedPaper } from "../../../verify/verify-bundle.ts";
import { Differences } from "./differences.tsx";
import { refusalWords } from "./refusal-words.ts";
import type { VerificationRun } from "./use-verification.ts";

const failedTitles = {
  document: "The server's documents do not hold together",
  keyring: "The keys cannot be used",
  network: "It could not be verified",
};

/** What this browser found: it agrees, it does not and where, or it cannot tell and why. */
export function Outcome({ run, stateSha256 }: { run: VerificationRun; stateSha256: string }) {
  switch (run.state) {
    case "idle":
      return null;
    case "running":
      return <p class="small soft">Fetching, hashing, verifying, merging …</p>;
    case "failed":
      return (
        <div class={`outcome ${run.about === "document" ? "differs" : "unknown"}`}>
          <strong>{failedTitles[run.about]}</strong>
          <p class="small">{run.message}</p>
        </div>
      );
    case "done":
      return <Done {...run.verification} stateSha256={stateSha256} />;
  }
}

function Done({
  bytes,
  milliseconds,
  paper,
  comparison,
  stateSha256,
}: Verification & { readonly stateSha256: string }) {
  const unknown = paper.refused.filter(({ reason }) => reason === "UNKNOWN_SIGNER");
  const refused = paper.refused.filter(({ reason }) => reason !== "UNKNOWN_SIGNER");
  const { differences, compared } = comparison;
  if (unknown.length > 0) return <UnknownKeys refused={unknown} />;
  const agrees = differences.length === 0 && refused.length === 0;
  return (
    <div class={`outcome ${agrees ? "agrees" : "differs"}`}>
      <strong>
        {agrees ? "This browser agrees with the server" : "This browser does not agree with the server"}
      </strong>
      <p class="small">
        It fetched {bytes.toLocaleString("en")} bytes, verified {countOf(paper.signatures, "signature")} of
        events and {countOf(paper.receipts, "receipt")}, merged {countOf(paper.events.length, "event")}, and
        held {countOf(compared, "value")} that the server shows against them (
        {Math.max(1, Math.round(milliseconds))} ms).
      </p>
      {agrees && (
        <p class="small">
          The merged state has the hash that the server gives: <code>{stateSha256.slice(0, 16)}…</code>
        </p>
      )}
      {refused.length > 0 && <RefusedEvents refused={refused} />}
      {differences.length > 0 && <Differences differences={differences} />}
      <Limits paper={paper} />
    </div>
  );
}

function countOf(count: number, what: string): string {
  return `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
}

const mostListed = 20;

function RefusedEvents({ refused }: { refused: readonly RefusedEvent[] }) {
  return (
    <ul class="small outcome-list">
      {refused.slice(0, mostListed).map(({ id, reason }) => (
        <li key={id}>
          The server gives an event that this browser refuses, <code>{id.slice(0, 19)}…</code>:{" "}
          {refusalWords[reason]}
        </li>
      ))}
    </ul>
  );
}

function UnknownKeys({ refused }: { refused: readonly RefusedEvent[] }) {
  const signers = new Map(refused.map((event) => [event.fingerprint, event]));
  return (
    <div class="outcome unknown">
      <strong>This browser cannot tell</strong>
      <p class="small">
        {countOf(refused.length, "event")} come from keys that it does not know, so nothing of the paper can
        be held against them. A server's own word on a key would prove nothing: add the key below if you have
        it from somewhere you trust.
      </p>
      <ul class="small outcome-list">
        {[...signers.values()].slice(0, mostListed).map(({ signerId, fingerprint }) => (
          <li key={fingerprint}>
            <Said text={signerId} most={60} />, key with fingerprint <code>{fingerprint.slice(0, 64)}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}

const originWords: Readonly<Record<UsedKey["origin"], string>> = {
  registry: "the registry's, which this page has built in",
  sample:
    "the sample's, whose secret is public: anyone can sign with it, so it shows how this works and proves nothing",
  added: "yours, added below",
};

/** What even agreement does not say. */
function Limits({ paper }: { paper: VerifiedPaper }) {
  return (
    <div class="small outcome-limits">
      {paper.keys.map(({ fingerprint, keyId, origin }) => (
        <p key={fingerprint}>
          Key <Said text={keyId} most={60} canGrow={false} /> is {originWords[origin]}.
        </p>
      ))}
      {paper.proof !== "SIGNED" && (
        <p>
          The snapshot is not signed: its title, claims and references fit their hashes, and nobody's
          signature says that they are the registry's.
        </p>
      )}
      {paper.checks.referencesHash === "NOT_CHECKABLE" && (
        <p>The hash over all references cannot be computed here: they are not all published.</p>
      )}
      <p>Whether the server left events out, nobody can see from its own documents: ask another mirror.</p>
    </div>
  );
}
