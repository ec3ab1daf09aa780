import type { FoundPath, GraphAnswer } from "../../graph-view/ask-graph.ts";
import type { ChangePlace, GraphPlace } from "../../graph-view/graph-place.ts";
import { sizes } from "../../graph-view/graph-place.ts";
import { onlyWork } from "../../graph-view/neighbourhood.ts";
import { counted } from "../../text/counted.ts";
import { quoted } from "../../text/quoted.ts";

const largest = Math.max(...sizes);

/** What the graph shows and leaves out, in sentences: also those of saved pictures. */
export function sentencesOf({ neighbourhood, variables, hasAdded, unknown }: GraphAnswer): string[] {
  const { works, citations, isTruncated } = neighbourhood;
  const sentences = [
    ...(onlyWork(neighbourhood) === null
      ? [`${counted(works.size, "work")} and ${counted(citations.length, "citation")} between them.`]
      : []),
    ...(unknown.length === 0 ? [] : [`Not found: ${quoted(unknown)}.`]),
  ];
  if (isTruncated) {
    sentences.push(
      variables.roots.length > 1
        ? "There are more works: showing the nearest and most cited of each starting point."
        : "There are more works: showing the nearest and most cited.",
    );
  }
  if (hasAdded) {
    sentences.push("Some links to the works you added may be missing.");
  }
  return sentences;
}

export function GraphNotes({
  answer,
  isAsking,
  place,
  change,
}: {
  answer: GraphAnswer | null;
  isAsking: boolean;
  place: GraphPlace;
  change: ChangePlace;
}) {
  return (
    <div class="graph-notes">
      <p role="status">
        {answer === null
          ? isAsking && "Loading the graph …"
          : `${sentencesOf(answer).join(" ")}${isAsking ? " Loading …" : ""}`}
      </p>
      {answer?.neighbourhood.isTruncated === true && place.most < largest && (
        <button type="button" class="link-like" onClick={() => change({ most: largest })}>
          Show up to {largest.toLocaleString("en")}
        </button>
      )}
      {answer !== null && answer.path !== null && place.path !== null && (
        <p class="path-note" role="status">
          {pathInWords(answer.path)}{" "}
          <button type="button" class="link-like" onClick={() => change({ path: null })}>
            Hide the path
          </button>
        </p>
      )}
    </div>
  );
}

const pathTexts = {
  REFERENCES: "each cites the next",
  CITED_BY: "each is cited by the next",
  BOTH: "in either direction, since no path follows references alone",
} as const;

function pathInWords(path: FoundPath): string {
  if (path.state === "none") return "There is no path of up to eight citations between the two.";
  if (path.state === "failed") return `The path could not be loaded. ${path.reason}`;
  const steps = path.works.length - 1;
  return `Shortest path between the two: ${counted(steps, "citation")}, ${pathTexts[path.direction]}.`;
}
