import { counted } from "../../../text/counted.ts";
import type { PaperAnswer } from "../paper-query.ts";

/** How much of the paper's own reference list is known here, in one or two sentences. */
export function Coverage({
  coverage,
  signerId,
}: {
  coverage: PaperAnswer["referenceCoverage"];
  /** Whose snapshot states the numbers; null where that is not known. */
  signerId: string | null;
}) {
  const { asserted, listed, stored, internalAnchors, complete } = coverage;
  if (listed === 0 && (asserted ?? 0) === 0) return null;
  const total = asserted ?? listed;
  const who = signerId ?? "the snapshot's signer";
  return (
    <div class="coverage">
      <p>
        <strong>
          {listed.toLocaleString("en")} of {counted(total, "reference")}
        </strong>{" "}
        listed here, {stored.toLocaleString("en")} with a paper in this mirror.
        {internalAnchors !== null &&
          ` ${internalAnchors.toLocaleString("en")} of ${total.toLocaleString("en")} were matched to papers in the registry, according to ${who}.`}
      </p>
      {!complete && asserted !== null && asserted > listed && (
        <p class="small soft">
          The list is incomplete: {counted(asserted - listed, "reference")} not published, so the hash over
          all of them can't be checked.
        </p>
      )}
    </div>
  );
}
