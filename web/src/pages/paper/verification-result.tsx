import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../../api/index.ts";
import { DocumentText, formatCount } from "../../text/index.ts";
import {
  type Difference,
  type RejectedEvent,
  type UsedKey,
  type Verification,
  type VerifiedPaper,
  VerifyError,
  verifyPaper,
} from "../../verify/index.ts";

const failedTitles = {
  document: "The server's documents contradict themselves",
  keyring: "These keys can't be used",
  network: "Verification was not possible",
};

/** The result of verification in this browser: agreement, differences, or why it was not possible. */
export function VerificationResult({ run, stateSha256 }: { run: VerificationRun; stateSha256: string }) {
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
      return <VerifiedResult {...run.verification} stateSha256={stateSha256} />;
  }
}

function VerifiedResult({
  bytes,
  milliseconds,
  paper,
  comparison,
  stateSha256,
}: Verification & { readonly stateSha256: string }) {
  const unknown = paper.rejected.filter(({ reason }) => reason === "UNKNOWN_SIGNER");
  const rejected = paper.rejected.filter(({ reason }) => reason !== "UNKNOWN_SIGNER");
  const { differences, compared } = comparison;
  if (unknown.length > 0) return <UnknownKeys rejected={unknown} />;
  const agrees = differences.length === 0 && rejected.length === 0;
  const trust = agreementLevel(paper);
  return (
    <div class={`outcome ${agrees ? `agrees by-${trust}` : "differs"}`}>
      <strong>
        {agrees
          ? agreementTitles[trust](paper.contentKey?.signerId.slice(0, 60) ?? "")
          : "The server shows something else than the events say"}
      </strong>
      {agrees && (
        <p class="small">
          This browser computed the same result as the server. State hash:{" "}
          <code>{stateSha256.slice(0, 16)}…</code>
        </p>
      )}
      <p class="small">
        Fetched {bytes.toLocaleString("en")} bytes, verified{" "}
        {formatCount(paper.signatures, "event signature")} and {formatCount(paper.receipts, "receipt")},
        merged {formatCount(paper.events.length, "event")}, compared {formatCount(compared, "value")} (
        {Math.max(1, Math.round(milliseconds))} ms).
      </p>
      {rejected.length > 0 && <RejectedEvents rejected={rejected} />}
      {differences.length > 0 && <Differences differences={differences} />}
      <Caveats paper={paper} />
    </div>
  );
}

type AgreementLevel = "signed" | "demo" | "hash";

/** How much an agreement proves: no more than the keys and signatures behind it. */
function agreementLevel({ contentKey, proof }: VerifiedPaper): AgreementLevel {
  if (contentKey?.origin === "sample") return "demo";
  return proof === "SIGNED" ? "signed" : "hash";
}

const agreementTitles: Readonly<Record<AgreementLevel, (signers: string) => string>> = {
  signed: (signers) => `Verified: signed by ${signers}`,
  demo: () => "Consistent, but signed with the demo key",
  hash: () => "Consistent, but the content is not signed",
};

const maxListed = 20;

function RejectedEvents({ rejected }: { rejected: readonly RejectedEvent[] }) {
  return (
    <ul class="small outcome-list">
      {rejected.slice(0, maxListed).map(({ id, reason }) => (
        <li key={id}>
          The server sent an event that this browser rejects, <code>{id.slice(0, 19)}…</code>:{" "}
          {rejectionTexts[reason]}
        </li>
      ))}
    </ul>
  );
}

function UnknownKeys({ rejected }: { rejected: readonly RejectedEvent[] }) {
  const signers = new Map(rejected.map((event) => [event.fingerprint, event]));
  return (
    <div class="outcome unknown">
      <strong>Can't verify: unknown key</strong>
      <p class="small">
        {rejected.length === 1 ? "One event was" : `${rejected.length.toLocaleString("en")} events were`}{" "}
        signed with a key that this page does not know. If you have the key from a source that you trust, add
        it below.
      </p>
      <ul class="small outcome-list">
        {[...signers.values()].slice(0, maxListed).map(({ signerId, fingerprint }) => (
          <li key={fingerprint}>
            <DocumentText text={signerId} maxLength={60} />, key with fingerprint{" "}
            <code>{fingerprint.slice(0, 64)}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}

const originDescriptions: Readonly<Record<UsedKey["origin"], string>> = {
  registry: "the registry's key, built into this page",
  sample: "the demo key of the sample data: its private key is public, so its signatures prove nothing",
  added: "a key that you added",
};

/** What even an agreement does not prove. */
function Caveats({ paper }: { paper: VerifiedPaper }) {
  return (
    <div class="small outcome-limits">
      {paper.keys.map(({ fingerprint, keyId, origin }) => (
        <p key={fingerprint}>
          Key <DocumentText text={keyId} maxLength={60} isExpandable={false} /> is{" "}
          {originDescriptions[origin]}.
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

const maxDifferences = 30;

/** Each value that differs between the server and the signed events. */
export function Differences({ differences }: { differences: readonly Difference[] }) {
  return (
    <>
      <p class="small">
        {differences.length === 1 ? "One value differs" : `${differences.length} values differ`} from the
        paper's events:
      </p>
      <ul class="small outcome-list">
        {differences.slice(0, maxDifferences).map(({ what, server, browser }) => (
          <li key={what}>
            <strong>
              <DocumentText text={what} maxLength={80} isExpandable={false} />
            </strong>
            <dl class="difference">
              <dt>The server shows</dt>
              <dd>{server === null ? <em>nothing</em> : <DocumentText text={server} maxLength={300} />}</dd>
              <dt>The events say</dt>
              <dd>{browser === null ? <em>nothing</em> : <DocumentText text={browser} maxLength={300} />}</dd>
            </dl>
          </li>
        ))}
        {differences.length > maxDifferences && <li>and {differences.length - maxDifferences} more.</li>}
      </ul>
    </>
  );
}

/** Why a copy of an event is rejected. PROTOCOL section 5, rules 1–6. */
export const rejectionTexts: Readonly<Record<RejectedEvent["reason"], string>> = {
  MALFORMED_EVENT: "it is not a well-formed event.",
  EVENT_ID_MISMATCH: "its content does not match its id. It was altered.",
  SUBJECT_MISMATCH: "it is about another paper.",
  UNKNOWN_SIGNER: "its key is unknown.",
  SIGNER_MISMATCH: "its signer does not match its key.",
  KEY_NOT_VALID: "its key was not valid at that time.",
  SIGNATURE_INVALID: "its signature is invalid.",
  UNSIGNED: "it is not signed.",
};

export type VerificationRun =
  | { readonly state: "idle" }
  | { readonly state: "running" }
  | { readonly state: "done"; readonly verification: Verification }
  | { readonly state: "failed"; readonly about: VerifyError["about"]; readonly message: string };

/** Verifies a paper in this browser on demand. Starting again aborts the previous run. */
export function useVerification(pithNumber: string): {
  readonly run: VerificationRun;
  readonly start: (keyring: string) => void;
} {
  const [run, setRun] = useState<VerificationRun>({ state: "idle" });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const start = async (keyring: string) => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    setRun({ state: "running" });
    try {
      const verification = await verifyPaper(pithNumber, keyring, controller.signal);
      if (!controller.signal.aborted) setRun({ state: "done", verification });
    } catch (error) {
      if (controller.signal.aborted) return;
      const about = error instanceof VerifyError ? error.about : "network";
      const isKnown = error instanceof VerifyError || error instanceof ApiError;
      setRun({ state: "failed", about, message: isKnown ? error.message : String(error) });
    }
  };
  return { run, start };
}
