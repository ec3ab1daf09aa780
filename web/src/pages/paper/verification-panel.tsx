import "./verification.css";
import { useState } from "preact/hooks";
import { describeTrust, ProofChip, trustOf } from "../../proof/index.ts";
import { QueryLink } from "../../ui/index.ts";
import { serverInfoQuery } from "../../verify/index.ts";
import { CheckList } from "./checks.tsx";
import type { PaperResult } from "./queries.ts";
import { useVerification, VerificationResult } from "./verification-result.tsx";

/** The server's checks, and the same checks in this browser. */
export function VerificationPanel({ paper }: { paper: PaperResult }) {
  const { verification } = paper;
  const { equivocations, invalidEvents, signer } = verification;
  const recordSigner = paper.recordProvenance?.signer ?? null;
  const { run, start } = useVerification(paper.pithNumber);
  const [keyring, setKeyring] = useState("");
  const browser = run.state === "done" ? run.verification.paper : null;
  return (
    <section class="panel verification" aria-labelledby="verification-title">
      <h2 id="verification-title">Verification</h2>
      <p class="verification-proof">
        <ProofChip evidence={verification} />{" "}
        <span class="small">{describeTrust(trustOf(verification), signer)}</span>
      </p>
      {equivocations > 0 && (
        <p class="notice error small">
          <strong>{equivocations === 1 ? "A fork" : `${equivocations} forks`}.</strong> A signer published two
          versions where only one is allowed. The <a href="#events">events</a> show both.
        </p>
      )}
      {invalidEvents > 0 && (
        <p class="notice error small">
          <strong>{invalidEvents === 1 ? "One invalid event" : `${invalidEvents} invalid events`}.</strong>{" "}
          Correctly signed but invalid, so never applied. The <a href="#events">events</a> say why.
        </p>
      )}
      <h3>What this mirror checked</h3>
      <CheckList verification={verification} recordSigner={recordSigner} browser={browser} />
      <div class="verification-again">
        <button
          type="button"
          class="button primary"
          onClick={() => start(keyring)}
          disabled={run.state === "running"}
        >
          {run.state === "running" ? "Verifying …" : "Verify again in this browser"}
        </button>
        {run.state === "idle" && (
          <p class="small soft">
            Fetches the paper's events, recomputes every hash and signature in this browser, and compares the
            result with what the server shows.
          </p>
        )}
        <div role="status">
          <VerificationResult run={run} stateSha256={paper.state.sha256} />
        </div>
        {browser !== null && (
          <QueryLink
            document={serverInfoQuery}
            variables={{ ref: paper.pithNumber }}
            label="the values that were compared"
          />
        )}
        <KeyringBox
          keyring={keyring}
          onChange={setKeyring}
          isNeeded={browser !== null && hasUnknownKeys(browser)}
        />
      </div>
    </section>
  );
}

function hasUnknownKeys({
  rejected,
}: {
  readonly rejected: readonly { readonly reason: string }[];
}): boolean {
  return rejected.some(({ reason }) => reason === "UNKNOWN_SIGNER");
}

/** An input for keys that the reader trusts. Keys from the server would prove nothing. */
export function KeyringBox({
  keyring,
  onChange,
  isNeeded,
}: {
  keyring: string;
  onChange: (keyring: string) => void;
  isNeeded: boolean;
}) {
  return (
    <details class="keyring" open={isNeeded || keyring !== ""}>
      <summary class="small">Add a trusted key</summary>
      <label class="small">
        A keyring: a JSON array of entries with key_id, signer_id, signer_type, public_key_b64 and
        event_types. It stays in this browser.
        <textarea
          rows={4}
          spellcheck={false}
          value={keyring}
          onInput={({ currentTarget }) => onChange(currentTarget.value)}
        />
      </label>
    </details>
  );
}
