import { useState } from "preact/hooks";
import { AskError, ask } from "../../api/ask.ts";
import type { Found } from "../../find/search-query.ts";
import { SuggestionBox } from "../../find/suggestion-box.tsx";
import {
  type ChangePlace,
  type GraphPlace,
  readGraphPlace,
  writeGraphPlace,
} from "../../graph-view/graph-place.ts";
import { refOf, workNameQuestion } from "../../graph-view/questions.ts";
import { graphAddress, graphAddressOf, searchAddress } from "../../routing/addresses.ts";
import { goTo } from "../../routing/navigation.ts";
import { errorWords } from "../../shell/error-words.ts";

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
