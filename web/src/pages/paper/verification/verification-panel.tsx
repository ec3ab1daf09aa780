import "./verification.css";
import { useState } from "preact/hooks";
import { ProofChip } from "../../../proof/proof-chip.tsx";
import { trustMeaning, trustOf } from "../../../proof/trust.ts";
import { QueryBehind } from "../../../shell/query-behind.tsx";
import { serverWordQuery } from "../../../verify/server-word.ts";
import type { PaperAnswer } from "../paper-query.ts";
import { CheckList } from "./check-list.tsx";
import { KeyringBox } from "./keyring-box.tsx";
import { Outcome } from "./outcome.tsx";
import { useVerification } from "./use-verification.ts";

/** What the server checked, in plain words, and the same checks by this browser. */
export function VerificationPanel({ paper }: { paper: PaperAnswer }) {
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
        <ProofChip proved={verification} />{" "}
        <span class="small">{trustMeaning(trustOf(verification), signer)}</span>
      </p>
      {equivocations > 0 && (
        <p class="notice bad small">
          <strong>{equivocations === 1 ? "A fork" : `${equivocations} forks`}.</strong> A signer published two
          versions where only one is allowed. The <a href="#events">events</a> show both.
        </p>
      )}
      {invalidEvents > 0 && (
        <p class="notice bad small">
          <strong>{invalidEvents === 1 ? "One invalid event" : `${invalidEvents} invalid events`}.</strong>{" "}
          Authentic but wrong, so never applied. The <a href="#events">events</a> say why.
        </p>
      )}
      <h3>What this mirror checked</h3>
      <CheckList verification={verification} recordSigner={recordSigner} browser={browser} />
      <div class="verification-again">
        <button
          type="button"
          class="button first"
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
          <Outcome run={run} stateSha256={paper.state.sha256} />
        </div>
        {browser !== null && (
          <QueryBehind
            document={serverWordQuery}
            variables={{ ref: paper.pithNumber }}
            of="the values that were compared"
          />
        )}
        <KeyringBox
          keyring={keyring}
          onChange={setKeyring}
          isNeeded={browser !== null && lacksKeys(browser)}
        />
      </div>
    </section>
  );
}

function lacksKeys({ refused }: { readonly refused: readonly { readonly reason: string }[] }): boolean {
  return refused.some(({ reason }) => reason === "UNKNOWN_SIGNER");
}
