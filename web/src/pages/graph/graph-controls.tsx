import { type ChangePlace, depths, type GraphPlace, sizes } from "../../graph-view/graph-place.ts";

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
