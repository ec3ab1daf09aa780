import type { PaperAnswer } from "../paper-query.ts";

/**
 * Of the paper's own list: how many references the registry counts, says it resolved, shows, and how many of those
 * shown this mirror holds. Four numbers that are easily taken for one another.
 */
export function Coverage({ coverage }: { coverage: PaperAnswer["referenceCoverage"] }) {
  const { asserted, known, held, internalAnchors, complete } = coverage;
  const rows: readonly (readonly [string, number | null, string])[] = [
    ["Asserted", asserted, "The registry says that the paper has so many."],
    ["Known", known, "Listed here: what the registry published of them."],
    ["Held", held, "Of those listed, this mirror holds a paper."],
    [
      "Internal anchors",
      internalAnchors,
      "The registry says that it resolved so many of all to papers of its own.",
    ],
  ];
  const most = Math.max(1, ...rows.map(([, count]) => count ?? 0));
  return (
    <div class="coverage">
      <dl>
        {rows.map(([name, count, meaning]) => (
          <div key={name} title={meaning}>
            <dt>{name}</dt>
            <dd>
              <meter
                class={`meter ${name === "Asserted" ? "outline" : ""}`}
                min={0}
                max={most}
                value={count ?? 0}
              >
                {count ?? "not said"}
              </meter>
              <span class="number">{count === null ? "not said" : count.toLocaleString("en")}</span>
              <span class="meaning">{meaning}</span>
            </dd>
          </div>
        ))}
      </dl>
      {!complete && asserted !== null && (
        <p class="small soft">
          The list is not whole: {(asserted - known).toLocaleString("en")} references are counted and not
          shown, so the hash over all of them cannot be checked.
        </p>
      )}
    </div>
  );
}
