import { useState } from "preact/hooks";
import { ApiError, refOf, request } from "../../api/index.ts";
import {
  depthChoices,
  formatGraphParams,
  type GraphParams,
  type LoadedGraph,
  maxWorksChoices,
  type PathResult,
  parseGraphParams,
  singleWork,
  type UpdateParams,
  workRefQuery,
} from "../../graph/index.ts";
import type { FileFormat } from "../../graph-export/index.ts";
import { graphUrl, graphUrlWith, navigate, searchUrl } from "../../routing/index.ts";
import { type SearchHit, SuggestionBox } from "../../search/index.ts";
import { formatCount, quoteNames } from "../../text/index.ts";
import { describeError } from "../../ui/index.ts";

const directionTexts = {
  BOTH: "References and citations",
  REFERENCES: "References",
  CITED_BY: "Citations",
} as const;

type Choice<Value> = readonly (readonly [Value, string])[];

/** The settings of the graph. */
export function GraphControls({ params, update }: { params: GraphParams; update: UpdateParams }) {
  return (
    <fieldset class="graph-controls">
      <legend class="visually-hidden">Graph settings</legend>
      <Select
        text="Show"
        value={params.direction}
        choices={Object.entries(directionTexts) as [GraphParams["direction"], string][]}
        onSelect={(direction) => update({ direction })}
      />
      <Select
        text="Steps"
        value={params.depth}
        choices={depthChoices.map((depth) => [depth, String(depth)] as const)}
        onSelect={(depth) => update({ depth })}
      />
      <Select
        text="At most"
        value={params.maxWorks}
        choices={maxWorksChoices.map((count) => [count, `${count.toLocaleString("en")} works`] as const)}
        onSelect={(maxWorks) => update({ maxWorks })}
      />
      <Select
        text="Layout"
        value={params.layout}
        choices={[
          ["time", "Time"],
          ["force", "Clusters"],
        ]}
        onSelect={(layout) => update({ layout })}
      />
      <Select
        text="Colour by"
        value={params.colourBy}
        choices={[
          ["category", "Category"],
          ["proof", "Trust"],
        ]}
        onSelect={(colourBy) => update({ colourBy })}
      />
      <button
        type="button"
        class="button"
        aria-pressed={params.isTable}
        onClick={() => update({ isTable: !params.isTable })}
      >
        As a table
      </button>
    </fieldset>
  );
}

function Select<Value extends string | number>({
  text,
  value,
  choices,
  onSelect,
}: {
  text: string;
  value: Value;
  choices: Choice<Value>;
  onSelect: (value: Value) => void;
}) {
  return (
    <label class="graph-select">
      <span>{text}</span>
      <select
        value={value}
        onChange={({ currentTarget }) => {
          const chosen = choices.find(([each]) => String(each) === currentTarget.value);
          if (chosen !== undefined) onSelect(chosen[0]);
        }}
      >
        {choices.map(([each, name]) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

type AddProblem =
  | { readonly kind: "unknown"; readonly text: string }
  | { readonly kind: "failed"; readonly why: string };

/**
 * Adds a work to the graph, or starts one. An unknown name leaves the graph as it is and shows a message below the
 * box.
 */
export function AddWorkForm({ params, update }: { params: GraphParams; update: UpdateParams }) {
  const [problem, setProblem] = useState<AddProblem | null>(null);
  const hasRoots = params.roots.length > 0;
  const submit = async (text: string) => {
    setProblem(null);
    try {
      const { work } = await request(workRefQuery, { ref: text });
      if (work === null) {
        setProblem({ kind: "unknown", text });
      } else if (hasRoots) update({ roots: withRef(params.roots, refOf(work)) });
      else navigate(graphUrl([refOf(work)]));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const isName = error.code === "BAD_USER_INPUT" || error.code === "NOT_FOUND";
      setProblem(isName ? { kind: "unknown", text } : { kind: "failed", why: describeError(error).text });
    }
  };
  return (
    <div class="work-form">
      <SuggestionBox
        label={hasRoots ? "Add a paper" : "Paper to start from"}
        placeholder="Title, arXiv id or DOI"
        buttonText={hasRoots ? "Add" : "Draw"}
        size="small"
        isPrimary={!hasRoots}
        hitUrl={(hit) => graphUrlWithHit(params, hit)}
        onSubmit={submit}
        resetKey={params.roots.join("\n")}
        onChange={() => setProblem(null)}
      >
        {problem !== null && (
          <p class="search-error" role="alert">
            {problem.kind === "failed" ? (
              problem.why
            ) : (
              <>
                We couldn't find a paper named “{problem.text.slice(0, 80)}”. Choose a suggestion, or{" "}
                <a href={searchUrl(problem.text)}>search for it</a>.
              </>
            )}
          </p>
        )}
      </SuggestionBox>
    </div>
  );
}

function withRef(refs: readonly string[], ref: string): string[] {
  return [...new Set([...refs, ref])];
}

/** The URL of the graph with a search hit as an additional root. */
function graphUrlWithHit(params: GraphParams, hit: SearchHit): string {
  if (params.roots.length === 0) return graphUrl([refOfHit(hit)]);
  const now = parseGraphParams(new URL(location.href).searchParams);
  return graphUrlWith(formatGraphParams({ ...now, roots: withRef(now.roots, refOfHit(hit)) }));
}

/** The ref of a search hit. For a claim, that of its paper. */
function refOfHit({ node }: SearchHit): string {
  switch (node.__typename) {
    case "Paper":
      return node.pithNumber;
    case "Claim":
      return node.paper.pithNumber;
    case "Work":
      return refOf(node);
  }
}

const largest = Math.max(...maxWorksChoices);

/** What the graph shows and what it leaves out. Saved pictures contain these sentences. */
export function describeGraph({
  neighbourhood,
  variables,
  hasAddedWorks,
  unknownRefs,
}: LoadedGraph): string[] {
  const { works, citations, isTruncated } = neighbourhood;
  const sentences = [
    ...(singleWork(neighbourhood) === null
      ? [`${formatCount(works.size, "work")} and ${formatCount(citations.length, "citation")} between them.`]
      : []),
    ...(unknownRefs.length === 0 ? [] : [`Not found: ${quoteNames(unknownRefs)}.`]),
  ];
  if (isTruncated) {
    sentences.push(
      variables.roots.length > 1
        ? "There are more works: showing the nearest and most cited of each starting point."
        : "There are more works: showing the nearest and most cited.",
    );
  }
  if (hasAddedWorks) {
    sentences.push("Some links to the works you added may be missing.");
  }
  return sentences;
}

export function GraphNotes({
  graph,
  isLoading,
  params,
  update,
}: {
  graph: LoadedGraph | null;
  isLoading: boolean;
  params: GraphParams;
  update: UpdateParams;
}) {
  return (
    <div class="graph-notes">
      <p role="status">
        {graph === null
          ? isLoading && "Loading the graph …"
          : `${describeGraph(graph).join(" ")}${isLoading ? " Loading …" : ""}`}
      </p>
      {graph?.neighbourhood.isTruncated === true && params.maxWorks < largest && (
        <button type="button" class="link-like" onClick={() => update({ maxWorks: largest })}>
          Show up to {largest.toLocaleString("en")}
        </button>
      )}
      {graph !== null && graph.path !== null && params.path !== null && (
        <p class="path-note" role="status">
          {describePath(graph.path)}{" "}
          <button type="button" class="link-like" onClick={() => update({ path: null })}>
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

function describePath(path: PathResult): string {
  if (path.state === "none") return "No path of up to eight citations connects the two.";
  if (path.state === "failed") return `The path could not be loaded. ${path.reason}`;
  const steps = path.works.length - 1;
  return `Shortest path between the two: ${formatCount(steps, "citation")}, ${pathTexts[path.direction]}.`;
}

const texts: readonly (readonly [FileFormat, string])[] = [
  ["svg", "Picture (SVG)"],
  ["png", "Picture (PNG)"],
  ["graphml", "Graph (GraphML)"],
  ["works.csv", "Works (CSV)"],
  ["citations.csv", "Citations (CSV)"],
];

/** Buttons that save the graph, one per format. */
export function SaveMenu({
  hasPicture,
  onSave,
}: {
  hasPicture: boolean;
  onSave: (format: FileFormat) => Promise<void>;
}) {
  const [isFailed, setFailed] = useState(false);
  const onSelect = (format: FileFormat) => {
    setFailed(false);
    onSave(format).catch(() => setFailed(true));
  };
  return (
    <fieldset class="save">
      <legend class="visually-hidden">Save what is shown</legend>
      <span class="small soft" aria-hidden="true">
        Save
      </span>
      {texts
        .filter(([format]) => hasPicture || (format !== "svg" && format !== "png"))
        .map(([format, text]) => (
          <button key={format} type="button" class="button small" onClick={() => onSelect(format)}>
            {text}
          </button>
        ))}
      {isFailed && <span role="alert">The file could not be saved.</span>}
    </fieldset>
  );
}
