import { counted } from "../../../text/counted.ts";
import { Said } from "../../../text/said.tsx";
import type { Verification } from "../../../verify/verify-again.ts";
import type { RefusedEvent, UsedKey, VerifiedPaper } from "../../../verify/verify-bundle.ts";
import { Differences } from "./differences.tsx";
import { refusalWords } from "./refusal-words.ts";
import type { VerificationRun } from "./use-verification.ts";

const failedTitles = {
  document: "The server's documents contradict themselves",
  keyring: "These keys can't be used",
  network: "Verification was not possible",
};

/** What this browser found: the same as the server, something else and where, or why it cannot tell. */
export function Outcome({ run, stateSha256 }: { run: VerificationRun; stateSha256: string }) {
  switch (run.state) {
    case "idle":
      return null;
    case "running":
      return <p class="small soft">Fetching and verifying …</p>;
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
  const trust = trustOfPaper(paper);
  return (
    <div class={`outcome ${agrees ? `agrees by-${trust}` : "differs"}`}>
      <strong>
        {agrees
          ? agreedTitles[trust](paper.shownBy?.signerId.slice(0, 60) ?? "")
          : "The server shows something else than the events say"}
      </strong>
      {agrees && (
        <p class="small">
          This browser computed the same result as the server. State hash:{" "}
          <code>{stateSha256.slice(0, 16)}…</code>
        </p>
      )}
      <p class="small">
        Fetched {bytes.toLocaleString("en")} bytes, verified {counted(paper.signatures, "event signature")}{" "}
        and {counted(paper.receipts, "receipt")}, merged {counted(paper.events.length, "event")}, compared{" "}
        {counted(compared, "value")} ({Math.max(1, Math.round(milliseconds))} ms).
      </p>
      {refused.length > 0 && <RefusedEvents refused={refused} />}
      {differences.length > 0 && <Differences differences={differences} />}
      <Limits paper={paper} />
    </div>
  );
}

type AgreedTrust = "signed" | "demo" | "hash";

/** What an agreement is worth: no more than the keys and signatures behind it. */
function trustOfPaper({ shownBy, proof }: VerifiedPaper): AgreedTrust {
  if (shownBy?.origin === "sample") return "demo";
  return proof === "SIGNED" ? "signed" : "hash";
}

const agreedTitles: Readonly<Record<AgreedTrust, (signers: string) => string>> = {
  signed: (signers) => `Verified: signed by ${signers}`,
  demo: () => "Consistent, but signed with the demo key",
  hash: () => "Consistent, but the content is not signed",
};

const mostListed = 20;

function RefusedEvents({ refused }: { refused: readonly RefusedEvent[] }) {
  return (
    <ul class="small outcome-list">
      {refused.slice(0, mostListed).map(({ id, reason }) => (
        <li key={id}>
          The server sent an event that this browser rejects, <code>{id.slice(0, 19)}…</code>:{" "}
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
      <strong>Can't verify: unknown key</strong>
      <p class="small">
        {refused.length === 1 ? "One event was" : `${refused.length.toLocaleString("en")} events were`} signed
        with a key that this page does not know. If you have the key from a source that you trust, add it
        below.
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
  registry: "the registry's key, built into this page",
  sample: "the demo key of the sample data: its private key is public, so its signatures prove nothing",
  added: "a key that you added",
};

/** What even an agreement does not show. */
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
          The snapshot is not signed: its title, claims and references match their hashes, but nobody signed
          them.
        </p>
      )}
      {paper.checks.referencesHash === "NOT_CHECKABLE" && (
        <p>The hash of the references can't be checked: they are not all published.</p>
      )}
      <p>A server could leave events out. Compare with another mirror to notice that.</p>
    </div>
  );
}
