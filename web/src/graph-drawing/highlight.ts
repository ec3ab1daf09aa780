import type { DirectedGraph } from "graphology";
import type Sigma from "sigma";
import { type Citation, nameOfCitation } from "../graph/index.ts";
import { type GraphState, type Marks, type NodeAttributes, type NodeState, noMarks } from "./appearance.ts";
import type { StrongCitations } from "./arrows.ts";

type States = Pick<
  Sigma<NodeAttributes, Record<string, unknown>, Record<string, unknown>, NodeState, object, GraphState>,
  "setNodeState" | "setGraphState"
>;

/** What stands out in a picture: marked works, the path, and what is beside the work that is pointed at, else in focus. */
export class StandingOut {
  readonly #states: States;
  readonly #graph: DirectedGraph<NodeAttributes>;
  readonly #drawLines: (citations: StrongCitations) => void;
  #citations: ReadonlyMap<string, Citation> = new Map();
  /** The names of each work's citations, in both directions. */
  #names: ReadonlyMap<string, readonly string[]> = new Map();
  #marks: Marks = noMarks;
  #pointedAt: string | null = null;
  #near: ReadonlySet<string> = new Set();

  constructor(
    states: States,
    graph: DirectedGraph<NodeAttributes>,
    drawLines: (citations: StrongCitations) => void,
  ) {
    this.#states = states;
    this.#graph = graph;
    this.#drawLines = drawLines;
  }

  /** These citations are there, between works that the graph has. */
  show(citations: readonly Citation[]): void {
    this.#citations = new Map(citations.map((citation) => [nameOfCitation(citation), citation]));
    const names = new Map<string, string[]>();
    for (const [name, { citing, cited }] of this.#citations) {
      for (const id of new Set([citing, cited])) {
        const known = names.get(id);
        if (known === undefined) names.set(id, [name]);
        else known.push(name);
      }
    }
    this.#names = names;
    this.mark(this.#marks);
  }

  mark(marks: Marks): void {
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
    this.#showNear();
  }

  /** A work is pointed at; null: none any more. */
  point(id: string | null): void {
    this.#pointedAt = id;
    this.#showNear();
  }

  #showNear(): void {
    const of =
      [this.#pointedAt, this.#marks.focused].find((id) => id !== null && this.#graph.hasNode(id)) ?? null;
    const citations = this.#named(of === null ? [] : (this.#names.get(of) ?? []));
    this.#drawLines({ near: citations, path: this.#named([...this.#marks.pathCitations]) });
    const near = new Set(citations.flatMap(({ citing, cited }) => [citing, cited]));
    if (of !== null) near.delete(of);
    for (const id of this.#near) if (!near.has(id)) this.#setNear(id, false);
    for (const id of near) if (!this.#near.has(id)) this.#setNear(id, true);
    this.#near = near;
    this.#states.setGraphState({ hasNear: of !== null });
  }

  #named(names: readonly string[]): Citation[] {
    return names.flatMap((name) => this.#citations.get(name) ?? []);
  }

  #setNear(id: string, isNear: boolean): void {
    if (this.#graph.hasNode(id)) this.#states.setNodeState(id, { isNear });
  }
}
