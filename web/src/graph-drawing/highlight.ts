import type { DirectedGraph } from "graphology";
import type Sigma from "sigma";
import { type Citation, citationKey } from "../graph/index.ts";
import { type GraphState, type Marks, type NodeAttributes, type NodeState, noMarks } from "./appearance.ts";
import type { HighlightedCitations } from "./arrows.ts";

type States = Pick<
  Sigma<NodeAttributes, Record<string, unknown>, Record<string, unknown>, NodeState, object, GraphState>,
  "setNodeState" | "setGraphState"
>;

/**
 * Sets the states of works and selects the citations drawn as arrows: selected and pinned works, the path, and the
 * neighbours of the work that is hovered, else focused.
 */
export class Highlight {
  readonly #states: States;
  readonly #graph: DirectedGraph<NodeAttributes>;
  readonly #showArrows: (citations: HighlightedCitations) => void;
  #citations: ReadonlyMap<string, Citation> = new Map();
  /** The keys of each work's citations in both directions. */
  #citationKeys: ReadonlyMap<string, readonly string[]> = new Map();
  #marks: Marks = noMarks;
  #underPointer: string | null = null;
  #adjacent: ReadonlySet<string> = new Set();

  constructor(
    states: States,
    graph: DirectedGraph<NodeAttributes>,
    drawLines: (citations: HighlightedCitations) => void,
  ) {
    this.#states = states;
    this.#graph = graph;
    this.#showArrows = drawLines;
  }

  /** Sets the citations. The graph has their works. */
  show(citations: readonly Citation[]): void {
    this.#citations = new Map(citations.map((citation) => [citationKey(citation), citation]));
    const names = new Map<string, string[]>();
    for (const [name, { citing, cited }] of this.#citations) {
      for (const id of new Set([citing, cited])) {
        const known = names.get(id);
        if (known === undefined) names.set(id, [name]);
        else known.push(name);
      }
    }
    this.#citationKeys = names;
    this.setMarks(this.#marks);
  }

  setMarks(marks: Marks): void {
    this.#marks = marks;
    for (const id of this.#graph.nodes()) {
      this.#states.setNodeState(id, {
        isSelected: marks.selected.has(id),
        isPinned: marks.pinned.has(id),
        isFocused: marks.focused === id,
        isOnPath: marks.pathWorks.has(id),
      });
    }
    this.#states.setGraphState({ hasPath: marks.pathWorks.size > 0 });
    this.#updateAdjacent();
  }

  /** Sets the hovered work; null for none. */
  setUnderPointer(id: string | null): void {
    this.#underPointer = id;
    this.#updateAdjacent();
  }

  #updateAdjacent(): void {
    const of =
      [this.#underPointer, this.#marks.focused].find((id) => id !== null && this.#graph.hasNode(id)) ?? null;
    const citations = this.#citationsByKey(of === null ? [] : (this.#citationKeys.get(of) ?? []));
    this.#showArrows({ adjacent: citations, path: this.#citationsByKey([...this.#marks.pathCitations]) });
    const adjacent = new Set(citations.flatMap(({ citing, cited }) => [citing, cited]));
    if (of !== null) adjacent.delete(of);
    for (const id of this.#adjacent) if (!adjacent.has(id)) this.#setAdjacent(id, false);
    for (const id of adjacent) if (!this.#adjacent.has(id)) this.#setAdjacent(id, true);
    this.#adjacent = adjacent;
    this.#states.setGraphState({ hasActiveWork: of !== null });
  }

  #citationsByKey(names: readonly string[]): Citation[] {
    return names.flatMap((name) => this.#citations.get(name) ?? []);
  }

  #setAdjacent(id: string, isAdjacent: boolean): void {
    if (this.#graph.hasNode(id)) this.#states.setNodeState(id, { isAdjacent });
  }
}
