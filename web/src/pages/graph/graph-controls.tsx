import { useState } from "preact/hooks";
import { AskError, ask, refOf } from "../../api/index.ts";
import {
  type ChangePlace,
  depths,
  type FoundPath,
  type GraphAnswer,
  type GraphPlace,
  onlyWork,
  readGraphPlace,
  sizes,
  workNameQuestion,
  writeGraphPlace,
} from "../../graph/index.ts";
import type { FileFormat } from "../../graph-export/index.ts";
import { goTo, graphAddress, graphAddressOf, searchAddress } from "../../routing/index.ts";
import { type Found, SuggestionBox } from "../../search/index.ts";
import { counted, quoted } from "../../text/index.ts";
import { errorWords } from "../../ui/index.ts";

const directionTexts = {
  BOTH: "References and citations",
  REFERENCES: "References",
  CITED_BY: "Citations",
} as const;

type Choice<Value> = readonly (readonly [Value, string])[];

/** What the graph shows, and how. */
export function GraphControls({ place, change }: { place: GraphPlace; change: ChangePlace }) {
  return (
    <fieldset class="graph-controls">
      <legend class="only-read">Graph settings</legend>
      <Select
        text="Show"
        value={place.direction}
        choices={Object.entries(directionTexts) as [GraphPlace["direction"], string][]}
        choose={(direction) => change({ direction })}
      />
      <Select
        text="Steps"
        value={place.depth}
        choices={depths.map((depth) => [depth, String(depth)] as const)}
        choose={(depth) => change({ depth })}
      />
      <Select
        text="At most"
        value={place.most}
        choices={sizes.map((most) => [most, `${most.toLocaleString("en")} works`] as const)}
        choose={(most) => change({ most })}
      />
      <Select
        text="Layout"
        value={place.layout}
        choices={[
          ["time", "Time"],
          ["force", "Clusters"],
        ]}
        choose={(layout) => change({ layout })}
      />
      <Select
        text="Colour by"
        value={place.colouring}
        choices={[
          ["category", "Category"],
          ["proof", "Trust"],
        ]}
        choose={(colouring) => change({ colouring })}
      />
      <button
        type="button"
        class="button"
        aria-pressed={place.isTable}
        onClick={() => change({ isTable: !place.isTable })}
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
  choose,
}: {
  text: string;
  value: Value;
  choices: Choice<Value>;
  choose: (value: Value) => void;
}) {
  return (
    <label class="graph-select">
      <span>{text}</span>
      <select
        value={value}
        onChange={({ currentTarget }) => {
          const chosen = choices.find(([each]) => String(each) === currentTarget.value);
          if (chosen !== undefined) choose(chosen[0]);
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

type Refusal =
  | { readonly kind: "unknown"; readonly text: string }
  | { readonly kind: "failed"; readonly why: string };

/** Takes a work to draw: the first, or one more. A name that is unknown changes nothing but the words below the box. */
export function WorkForm({ place, change }: { place: GraphPlace; change: ChangePlace }) {
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const hasSome = place.of.length > 0;
  const submit = async (text: string) => {
    setRefusal(null);
    try {
      const { work } = await ask(workNameQuestion, { ref: text });
      if (work === null) {
        setRefusal({ kind: "unknown", text });
      } else if (hasSome) change({ of: withOneMore(place.of, refOf(work)) });
      else goTo(graphAddress([refOf(work)]));
    } catch (error) {
      if (!(error instanceof AskError)) throw error;
      const isName = error.code === "BAD_USER_INPUT" || error.code === "NOT_FOUND";
      setRefusal(isName ? { kind: "unknown", text } : { kind: "failed", why: errorWords(error).text });
    }
  };
  return (
    <div class="work-form">
      <SuggestionBox
        label={hasSome ? "Add a paper" : "Paper to start from"}
        placeholder="Title, arXiv id or DOI"
        action={hasSome ? "Add" : "Draw"}
        size="small"
        isPrimary={!hasSome}
        addressOf={(found) => addressWith(place, found)}
        submit={submit}
        answers={place.of.join("\n")}
        changed={() => setRefusal(null)}
      >
        {refusal !== null && (
          <p class="find-error" role="alert">
            {refusal.kind === "failed" ? (
              refusal.why
            ) : (
              <>
                We couldn't find a paper named “{refusal.text.slice(0, 80)}”. Choose a suggestion, or{" "}
                <a href={searchAddress(refusal.text)}>search for it</a>.
              </>
            )}
          </p>
        )}
      </SuggestionBox>
    </div>
  );
}

function withOneMore(refs: readonly string[], ref: string): string[] {
  return [...new Set([...refs, ref])];
}

/** The graph that is shown, with what was found as one more starting point. */
function addressWith(place: GraphPlace, found: Found): string {
  if (place.of.length === 0) return graphAddress([nameOfFound(found)]);
  const now = readGraphPlace(new URL(location.href).searchParams);
  return graphAddressOf(writeGraphPlace({ ...now, of: withOneMore(now.of, nameOfFound(found)) }));
}

/** What a graph is drawn of: a claim stands for its paper. */
function nameOfFound({ node }: Found): string {
  switch (node.__typename) {
    case "Paper":
      return node.pithNumber;
    case "Claim":
      return node.paper.pithNumber;
    case "Work":
      return refOf(node);
  }
}

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

const texts: readonly (readonly [FileFormat, string])[] = [
  ["svg", "Picture (SVG)"],
  ["png", "Picture (PNG)"],
  ["graphml", "Graph (GraphML)"],
  ["works.csv", "Works (CSV)"],
  ["citations.csv", "Citations (CSV)"],
];

/** Saves what is shown, in a form of choice. */
export function SaveMenu({
  hasPicture,
  save,
}: {
  hasPicture: boolean;
  save: (as: FileFormat) => Promise<void>;
}) {
  const [isFailed, setFailed] = useState(false);
  const choose = (as: FileFormat) => {
    setFailed(false);
    save(as).catch(() => setFailed(true));
  };
  return (
    <fieldset class="save">
      <legend class="only-read">Save what is shown</legend>
      <span class="small soft" aria-hidden="true">
        Save
      </span>
      {texts
        .filter(([as]) => hasPicture || (as !== "svg" && as !== "png"))
        .map(([as, text]) => (
          <button key={as} type="button" class="button small" onClick={() => choose(as)}>
            {text}
          </button>
        ))}
      {isFailed && <span role="alert">It could not be saved.</span>}
    </fieldset>
  );
}
