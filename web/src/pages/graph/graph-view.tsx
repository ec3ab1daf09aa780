import { useMemo, useRef, useState } from "preact/hooks";
import {
  type ChangePlace,
  countsWithin,
  emptyNeighbourhood,
  type GraphAnswer,
  type GraphPlace,
  type GraphWork,
  nameOf,
  neighbourhoodQuestion,
  onlyWork,
  pathQuestion,
} from "../../graph/index.ts";
import type { GraphDrawing } from "../../graph-drawing/index.ts";
import { saveGraph } from "../../graph-export/index.ts";
import { goTo, graphAddress, paperAddress } from "../../routing/index.ts";
import { Said, yearText } from "../../text/index.ts";
import { useCalm, useTheme } from "../../theme/index.ts";
import { QueryBehind } from "../../ui/index.ts";
import { actionsOn, useDrawn, worksNamed } from "./graph-actions.ts";
import { GraphControls, GraphNotes, SaveMenu, sentencesOf } from "./graph-controls.tsx";
import { intentOf } from "./keyboard.ts";
import { Legend, Picture, PictureButtons } from "./picture.tsx";
import { SidePanel } from "./side-panel.tsx";
import { WorksTable } from "./works-table.tsx";

type GraphViewProps = {
  readonly place: GraphPlace;
  readonly change: ChangePlace;
  readonly answer: GraphAnswer | null;
  readonly isAsking: boolean;
};

/** The graph of a place: as a picture or a table, with what can be done with it. */
export function GraphView({ place, change, answer, isAsking }: GraphViewProps) {
  const isCalm = useCalm();
  const { theme } = useTheme();
  const drawing = useRef<GraphDrawing | null>(null);
  const [hovered, setHovered] = useState<string | null>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  const neighbourhood = answer?.neighbourhood ?? emptyNeighbourhood;
  const { drawn, marks, colours, positions, isPlacing } = useDrawn(answer, place, focused, theme, isCalm);
  const counts = useMemo(() => countsWithin(neighbourhood), [neighbourhood]);
  const only = onlyWork(neighbourhood);
  const actions = actionsOn(neighbourhood, positions, place, change);
  const selected = worksNamed(neighbourhood, place.selected);
  const looked = neighbourhood.works.get(hovered ?? focused ?? "") ?? null;

  const focus = (id: string) => {
    const work = neighbourhood.works.get(id);
    if (work === undefined) return;
    setFocused(id);
    drawing.current?.reveal(id, isCalm);
    const { cites = 0, citedBy = 0 } = counts.get(id) ?? {};
    const when = yearText(work);
    setSaid(
      `${nameOf(work).slice(0, 160)}${when === null ? "" : `, ${when}`}. Cited by ${work.citedByCount}. ` +
        `Here: ${citedBy} citing, ${cites} cited.${marks.selected.has(id) ? " Selected." : ""}`,
    );
  };
  const pressed = (event: KeyboardEvent) => {
    const intent = intentOf(event, focused, neighbourhood, positions);
    if (intent === null) return;
    event.preventDefault();
    const work = neighbourhood.works.get(focused ?? "");
    switch (intent.kind) {
      case "focus":
        return focus(intent.id);
      case "nowhere":
        return setSaid("No citation in that direction.");
      case "fit":
        return drawing.current?.fit(isCalm);
      case "closer":
      case "further":
        return drawing.current?.zoom(intent.kind === "closer" ? 1.5 : 1 / 1.5, isCalm);
      case "leave":
        setFocused(null);
        return actions.selectNone();
    }
    if (work === undefined) return;
    switch (intent.kind) {
      case "select":
        setSaid(marks.selected.has(work.id) ? "Deselected." : "Selected.");
        return actions.select(work.id, intent.isAdded);
      case "expand":
        if (actions.isExpanded(work)) return setSaid("Already expanded.");
        setSaid("Expanding …");
        return actions.expand(work);
      case "pin":
        setSaid(actions.isPinned(work) ? "No longer pinned." : "Pinned.");
        return actions.togglePin(work);
      case "open":
        return goTo(paperAddress(work.pithNumber ?? work.ref));
    }
  };
  const opened = (id: string) => {
    const work = neighbourhood.works.get(id);
    if (work !== undefined && !actions.isExpanded(work)) actions.expand(work);
  };

  return (
    <>
      <GraphControls place={place} change={change} />
      <GraphNotes answer={answer} isAsking={isAsking} place={place} change={change} />
      {answer !== null && (
        <div class={only === null ? "graph-body" : "graph-body alone"} aria-busy={isAsking}>
          <div class="graph-main">
            {place.isTable ? (
              <WorksTable neighbourhood={neighbourhood} selected={marks.selected} actions={actions} />
            ) : only !== null ? (
              <EmptyGraph work={only} place={place} change={change} />
            ) : (
              <div class="picture-frame">
                <Picture
                  drawn={drawn}
                  marks={marks}
                  theme={theme}
                  isCalm={isCalm}
                  label={`Citation graph of ${neighbourhood.works.size} works`}
                  listeners={{
                    hovered: setHovered,
                    chosen: actions.select,
                    opened,
                    moved: actions.pin,
                  }}
                  pressed={pressed}
                  focusLeft={() => setFocused(null)}
                  drawing={(made) => {
                    drawing.current = made;
                  }}
                />
                {isPlacing && (
                  <p class="placing small" role="status">
                    Arranging …
                  </p>
                )}
                <PictureButtons drawing={drawing} isCalm={isCalm} />
              </div>
            )}
            {!place.isTable && only === null && (
              <Legend
                colours={colours}
                colouring={place.colouring}
                works={[...neighbourhood.works.values()]}
              />
            )}
          </div>
          {only === null && (
            <SidePanel
              looked={place.isTable ? null : looked}
              selected={selected}
              counts={counts}
              actions={actions}
            />
          )}
        </div>
      )}
      <p class="only-read" role="status" aria-live="polite">
        {said}
      </p>
      {answer !== null && (
        <div class="graph-foot">
          <SaveMenu
            hasPicture={!place.isTable && only === null}
            save={(format) =>
              saveGraph(format, {
                answer,
                positions,
                colours,
                marks,
                drawing: drawing.current,
                notes: sentencesOf(answer),
              })
            }
          />
          <p class="queries">
            <QueryBehind document={neighbourhoodQuestion} variables={answer.variables} of="the graph" />
            {place.path !== null && answer.path?.state === "found" && (
              <QueryBehind
                document={pathQuestion}
                variables={{ from: place.path[0], to: place.path[1], direction: answer.path.direction }}
                of="the path"
              />
            )}
          </p>
        </div>
      )}
      <details class="small soft" id="picture-keys">
        <summary>Keyboard shortcuts</summary>
        <p>
          In the graph, arrow keys follow citations to the next work in that direction; Page Up and Page Down
          step through all works, Home goes to the first. Enter selects a work, Space adds it to the
          selection, + expands it, p pins it, o opens its page, Escape deselects. i and u zoom in and out, 0
          shows everything.
        </p>
      </details>
    </>
  );
}

/** Instead of a picture of a single work: why nothing is drawn, and what to do. */
export function EmptyGraph({
  work,
  place: { direction, depth },
  change,
}: {
  work: GraphWork;
  place: GraphPlace;
  change: ChangePlace;
}) {
  const isNarrow = direction !== "BOTH" || depth === 0;
  return (
    <section class="empty graph-empty" aria-labelledby="graph-empty">
      <h2 id="graph-empty">{isNarrow ? "Nothing to draw with these settings" : "No citations to draw"}</h2>
      <p>
        <a href={paperAddress(work.pithNumber ?? work.ref)}>
          <Said text={nameOf(work)} most={200} canGrow={false} />
        </a>
      </p>
      <p class="soft">
        {isNarrow
          ? "This work has no citations of the kind and distance that you chose."
          : "This mirror knows no references of this work, and no paper that cites it."}
      </p>
      <p class="buttons">
        {isNarrow && (
          <button
            type="button"
            class="button first"
            onClick={() => change({ direction: "BOTH", depth: Math.max(1, depth) })}
          >
            Show references and citations
          </button>
        )}
        <a class="button" href={graphAddress([])}>
          Choose another starting point
        </a>
      </p>
    </section>
  );
}
