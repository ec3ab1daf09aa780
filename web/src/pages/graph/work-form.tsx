import { useState } from "preact/hooks";
import type { ChangePlace, GraphPlace } from "../../graph-view/graph-place.ts";
import { graphAddress } from "../../routing/addresses.ts";
import { goTo } from "../../routing/navigation.ts";

/** Takes a work to draw the surroundings of: the first, or one more. */
export function WorkForm({ place, change }: { place: GraphPlace; change: ChangePlace }) {
  const [ref, setRef] = useState("");
  const hasSome = place.of.length > 0;
  const submit = (event: Event) => {
    event.preventDefault();
    const given = ref.trim();
    if (given === "") return;
    setRef("");
    if (hasSome) change({ of: [...new Set([...place.of, given])] });
    else goTo(graphAddress([given]));
  };
  return (
    <form class="work-form" onSubmit={submit}>
      <label>
        <span class="only-read">{hasSome ? "Add a work" : "Work to begin with"}</span>
        <input
          type="text"
          value={ref}
          maxLength={300}
          spellcheck={false}
          placeholder="arXiv id, DOI or Pith number"
          onInput={({ currentTarget }) => setRef(currentTarget.value)}
        />
      </label>
      <button type="submit" class={hasSome ? "button" : "button first"}>
        {hasSome ? "Add" : "Draw"}
      </button>
    </form>
  );
}
