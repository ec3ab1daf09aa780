import { useEffect, useRef, useState } from "preact/hooks";
import { AskError } from "../../../api/ask.ts";
import { type Verification, VerifyError, verifyAgain } from "../../../verify/verify-again.ts";

export type VerificationRun =
  | { readonly state: "idle" }
  | { readonly state: "running" }
  | { readonly state: "done"; readonly verification: Verification }
  | { readonly state: "failed"; readonly about: VerifyError["about"]; readonly message: string };

/** Verifies a paper in this browser when told to; another start gives up the one before. */
export function useVerification(pithNumber: string): {
  readonly run: VerificationRun;
  readonly start: (keyring: string) => void;
} {
  const [run, setRun] = useState<VerificationRun>({ state: "idle" });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const start = async (keyring: string) => {
    running.current?.abort();
    const given = new AbortController();
    running.current = given;
    setRun({ state: "running" });
    try {
      const verification = await verifyAgain(pithNumber, keyring, given.signal);
      if (!given.signal.aborted) setRun({ state: "done", verification });
    } catch (error) {
      if (given.signal.aborted) return;
      const about = error instanceof VerifyError ? error.about : "network";
      const isKnown = error instanceof VerifyError || error instanceof AskError;
      setRun({ state: "failed", about, message: isKnown ? error.message : String(error) });
    }
  };
  return { run, start };
}
