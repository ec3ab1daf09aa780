import { useMemo, useRef, useState } from "preact/hooks";
import {
  countLinks,
  emptyNeighbourhood,
  type GraphParams,
  type GraphWork,
  type LoadedGraph,
  neighbourhoodQuery,
  pathQuery,
  singleWork,
  type UpdateParams,
  workName,
} from "../../graph/index.ts";
import type { GraphDrawing } from "../../graph-drawing/index.ts";
import { saveGraph } from "../../graph-export/index.ts";
import { graphUrl, navigate, paperUrl } from "../../routing/index.ts";
import { DocumentText, formatYear } from "../../text/index.ts";
import { useReducedMotion, useTheme } from "../../theme/index.ts";
import { QueryLink } from "../../ui/index.ts";
import { createGraphActions, findWorks, useScene } from "./graph-actions.ts";
import { describeGraph, GraphControls, GraphNotes, SaveMenu } from "./graph-controls.tsx";
import { keyAction } from "./keyboard.ts";
import { Legend, Picture, PictureButtons } from "./picture.tsx";
import { SidePanel } from "./side-panel.tsx";
import { WorksTable } from "./works-table.tsx";

type GraphViewProps = {
  readonly params: GraphParams;
  readonly update: UpdateParams;
  readonly graph: LoadedGraph | null;
  readonly isLoading: boolean;
};

/** The graph as a picture or a table, with its controls. */
export function GraphView({ params, update, graph, isLoading }: GraphViewProps) {
  const reducedMotion = useReducedMotion();
  const { theme } = useTheme();
  const drawing = useRef<GraphDrawing | null>(null);
  const [hovered, setHovered] = useState<string | null>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const [announcement, announce] = useState("");
  const neighbourhood = graph?.neighbourhood ?? emptyNeighbourhood;
  const { scene, marks, colourScheme, positions, isArranging } = useScene(
    graph,
    params,
    focused,
    theme,
    reducedMotion,
  );
  const counts = useMemo(() => countLinks(neighbourhood), [neighbourhood]);
  const single = singleWork(neighbourhood);
  const actions = createGraphActions(neighbourhood, positions, params, update);
  const selected = findWorks(neighbourhood, params.selected);
  const active = neighbourhood.works.get(hovered ?? focused ?? "") ?? null;

  const focusWork = (id: string) => {
    const work = neighbourhood.works.get(id);
    if (work === undefined) return;
    setFocused(id);
    drawing.current?.reveal(id, reducedMotion);
    const { cites = 0, citedBy = 0 } = counts.get(id) ?? {};
    const when = formatYear(work);
    announce(
      `${workName(work).slice(0, 160)}${when === null ? "" : `, ${when}`}. Cited by ${work.citedByCount}. ` +
        `Here: ${citedBy} citing, ${cites} cited.${marks.selected.has(id) ? " Selected." : ""}`,
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const action = keyAction(event, focused, neighbourhood, positions);
    if (action === null) return;
    event.preventDefault();
    const work = neighbourhood.works.get(focused ?? "");
    switch (action.kind) {
      case "focus":
        return focusWork(action.id);
      case "no-neighbour":
        return announce("No citation in that direction.");
      case "fit":
        return drawing.current?.fit(reducedMotion);
      case "zoom-in":
      case "zoom-out":
        return drawing.current?.zoom(action.kind === "zoom-in" ? 1.5 : 1 / 1.5, reducedMotion);
      case "deselect":
        setFocused(null);
        return actions.clearSelection();
    }
    if (work === undefined) return;
    switch (action.kind) {
      case "select":
        announce(marks.selected.has(work.id) ? "Deselected." : "Selected.");
        return actions.select(work.id, action.isAdded);
      case "expand":
        if (actions.isExpanded(work)) return announce("Already expanded.");
        announce("Expanding …");
        return actions.expand(work);
      case "pin":
        announce(actions.isPinned(work) ? "No longer pinned." : "Pinned.");
        return actions.togglePin(work);
      case "open":
        return navigate(paperUrl(work.pithNumber ?? work.ref));
    }
  };
  const onOpen = (id: string) => {
    const work = neighbourhood.works.get(id);
    if (work !== undefined && !actions.isExpanded(work)) actions.expand(work);
  };

  return (
    <>
      <GraphControls params={params} update={update} />
      <GraphNotes graph={graph} isLoading={isLoading} params={params} update={update} />
      {graph !== null && (
        <div class={single === null ? "graph-body" : "graph-body single"} aria-busy={isLoading}>
          <div class="graph-main">
            {params.isTable ? (
              <WorksTable neighbourhood={neighbourhood} selected={marks.selected} actions={actions} />
            ) : single !== null ? (
              <EmptyGraph work={single} params={params} update={update} />
            ) : (
              <div class="picture-frame">
                <Picture
                  scene={scene}
                  marks={marks}
                  theme={theme}
                  reducedMotion={reducedMotion}
                  label={`Citation graph of ${neighbourhood.works.size} works`}
                  listeners={{
                    onHover: setHovered,
                    onSelect: actions.select,
                    onOpen,
                    onMove: actions.pin,
                  }}
                  onKeyDown={onKeyDown}
                  onBlur={() => setFocused(null)}
                  onReady={(made) => {
                    drawing.current = made;
                  }}
                />
                {isArranging && (
                  <p class="placing small" role="status">
                    Arranging …
                  </p>
                )}
                <PictureButtons drawing={drawing} reducedMotion={reducedMotion} />
              </div>
            )}
            {!params.isTable && single === null && (
              <Legend
                colourScheme={colourScheme}
                colourBy={params.colourBy}
                works={[...neighbourhood.works.values()]}
              />
            )}
          </div>
          {single === null && (
            <SidePanel
              active={params.isTable ? null : active}
              selected={selected}
              counts={counts}
              actions={actions}
            />
          )}
        </div>
      )}
      <p class="visually-hidden" role="status" aria-live="polite">
        {announcement}
      </p>
      {graph !== null && (
        <div class="graph-foot">
          <SaveMenu
            hasPicture={!params.isTable && single === null}
            onSave={(format) =>
              saveGraph(format, {
                graph,
                positions,
                colourScheme,
                marks,
                drawing: drawing.current,
                notes: describeGraph(graph),
              })
            }
          />
          <p class="queries">
            <QueryLink document={neighbourhoodQuery} variables={graph.variables} label="the graph" />
            {params.path !== null && graph.path?.state === "found" && (
              <QueryLink
                document={pathQuery}
                variables={{ from: params.path[0], to: params.path[1], direction: graph.path.direction }}
                label="the path"
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

/** Shown instead of a picture with a single work: why there is nothing to draw, and what to do. */
export function EmptyGraph({
  work,
  params: { direction, depth },
  update,
}: {
  work: GraphWork;
  params: GraphParams;
  update: UpdateParams;
}) {
  const isNarrow = direction !== "BOTH" || depth === 0;
  return (
    <section class="empty graph-empty" aria-labelledby="graph-empty">
      <h2 id="graph-empty">{isNarrow ? "Nothing to draw with these settings" : "No citations to draw"}</h2>
      <p>
        <a href={paperUrl(work.pithNumber ?? work.ref)}>
          <DocumentText text={workName(work)} maxLength={200} isExpandable={false} />
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
            class="button primary"
            onClick={() => update({ direction: "BOTH", depth: Math.max(1, depth) })}
          >
            Show references and citations
          </button>
        )}
        <a class="button" href={graphUrl([])}>
          Choose another starting point
        </a>
      </p>
    </section>
  );
}
