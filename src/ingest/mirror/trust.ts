import { cryptography, keyringEntries } from "../../protocol/index.ts";
import { trustCodes } from "../apply/quarantine.ts";
import type { AdmissionPolicy } from "../verify.ts";

const trustReasons: ReadonlySet<string> = new Set(trustCodes);

/** Whether other keys or a lower minimum proof might accept an event that was refused for this. */
export function isMatterOfTrust(reason: string): boolean {
  return trustReasons.has(reason);
}

/** SHA-256 of a keyring and a minimum proof, whatever the order of the keys. */
export function trustHash({
  keyring,
  minimumProof,
}: Pick<AdmissionPolicy, "keyring" | "minimumProof">): string {
  const entries = keyringEntries(keyring).map((entry) => JSON.stringify(entry, Object.keys(entry).sort()));
  return cryptography.sha256Text([minimumProof, ...entries.sort()].join("\n"));
}
