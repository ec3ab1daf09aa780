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
  const { asserted, known, held, internalAnchors, complete } = coverage;
  if (known === 0 && (asserted ?? 0) === 0) return null;
  const total = asserted ?? known;
  const who = signerId ?? "the snapshot's signer";
  return (
    <div class="coverage">
      <p>
        <strong>
          {known.toLocaleString("en")} of {counted(total, "reference")}
        </strong>{" "}
        listed here, {held.toLocaleString("en")} with a paper in this mirror.
        {internalAnchors !== null &&
          ` ${internalAnchors.toLocaleString("en")} of ${total.toLocaleString("en")} were matched to papers in the registry, according to ${who}.`}
      </p>
      {!complete && asserted !== null && asserted > known && (
        <p class="small soft">
          The list is incomplete: {counted(asserted - known, "reference")} not published, so the hash over all
          of them can't be checked.
        </p>
      )}
    </div>
  );
}
