import type { FoundPath, GraphAnswer } from "../../graph-view/ask-graph.ts";
import type { ChangePlace, GraphPlace } from "../../graph-view/graph-place.ts";
import { sizes } from "../../graph-view/graph-place.ts";

const largest = Math.max(...sizes);

/** What the graph has, and what it has not, in words: also those of the pictures that are saved. */
export function sentencesOf({ neighbourhood, variables, hasAdded }: GraphAnswer): string[] {
  const { works, citations, isTruncated } = neighbourhood;
  const sentences = [
    `${counted(works.size, "work")} and ${counted(citations.length, "citation")} between them.`,
  ];
  if (isTruncated) {
    sentences.push(
      `This is not all: there are more than ${variables.maxNodes.toLocaleString("en")} works, or more than the mirror looks at for one question. Of each step those cited most are shown.`,
    );
  }
  if (hasAdded) {
    sentences.push(
      "Works were added by questions of their own: citations between them and others may be missing.",
    );
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
          ? "Asking for the graph …"
          : `${sentencesOf(answer).join(" ")}${isAsking ? " Asking for more …" : ""}`}
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
  BOTH: "along citations in either direction, as no path follows references alone",
} as const;

function pathInWords(path: FoundPath): string {
  if (path.state === "none") return "There is no path between the two within eight citations.";
  if (path.state === "failed") return `The path could not be found: ${path.reason}`;
  const steps = path.works.length - 1;
  return `A shortest path between the two has ${counted(steps, "citation")}: ${pathTexts[path.direction]}.`;
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
}
