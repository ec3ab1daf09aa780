import type { DirectedGraph } from "graphology";
import type Sigma from "sigma";
import { type Citation, nameOfCitation } from "../neighbourhood.ts";
import { type Marks, noMarks } from "./drawn.ts";
import type { EdgeAttributes, GraphState, NodeAttributes, NodeState } from "./styles.ts";

type States = Pick<
  Sigma<NodeAttributes, EdgeAttributes, Record<string, unknown>, NodeState, object, GraphState>,
  "setNodeState" | "setGraphState"
>;

/**
 * What stands out in a picture: marked works, the path, and what is beside the work that is pointed at, else in focus.
 * Of the citations only these are edges of the graph that sigma draws: it draws its edges each frame, also those that
 * are hidden.
 */
export class StandingOut {
  readonly #states: States;
  readonly #graph: DirectedGraph<NodeAttributes, EdgeAttributes>;
  #citations: ReadonlyMap<string, Citation> = new Map();
  /** The names of each work's citations, in both directions. */
  #names: ReadonlyMap<string, readonly string[]> = new Map();
  #marks: Marks = noMarks;
  #pointedAt: string | null = null;
  #isDragging = false;
  #near: ReadonlySet<string> = new Set();

  constructor(states: States, graph: DirectedGraph<NodeAttributes, EdgeAttributes>) {
    this.#states = states;
    this.#graph = graph;
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

  /**
   * A work is being dragged, or was put down. Till then what is beside it does not stand out: each step would take the
   * edges of a hub in anew.
   */
  drag(isDragging: boolean): void {
    this.#isDragging = isDragging;
    this.#showNear();
  }

  #showNear(): void {
    const of = this.#isDragging
      ? null
      : ([this.#pointedAt, this.#marks.focused].find((id) => id !== null && this.#graph.hasNode(id)) ?? null);
    const names = of === null ? [] : (this.#names.get(of) ?? []);
    this.#showEdges(new Set([...names, ...this.#marks.pathCitations]));
    const near = new Set(this.#worksOf(names));
    if (of !== null) near.delete(of);
    for (const id of this.#near) if (!near.has(id)) this.#setNear(id, false);
    for (const id of near) if (!this.#near.has(id)) this.#setNear(id, true);
    this.#near = near;
    this.#states.setGraphState({ hasNear: of !== null });
  }

  #worksOf(names: readonly string[]): string[] {
    return names.flatMap((name) => {
      const citation = this.#citations.get(name);
      return citation === undefined ? [] : [citation.citing, citation.cited];
    });
  }

  /** Makes edges of the citations of these names, and of no others. */
  #showEdges(names: ReadonlySet<string>): void {
    const graph = this.#graph;
    for (const edge of graph.edges()) {
      if (!names.has(edge) || !this.#citations.has(edge)) graph.dropEdge(edge);
    }
    for (const name of names) {
      const citation = this.#citations.get(name);
      if (citation === undefined || !graph.hasNode(citation.citing) || !graph.hasNode(citation.cited))
        continue;
      const isOnPath = this.#marks.pathCitations.has(name);
      if (!graph.hasEdge(name)) {
        graph.addDirectedEdgeWithKey(name, citation.citing, citation.cited, { isOnPath });
      } else if (graph.getEdgeAttribute(name, "isOnPath") !== isOnPath) {
        graph.setEdgeAttribute(name, "isOnPath", isOnPath);
      }
    }
  }

  #setNear(id: string, isNear: boolean): void {
    if (this.#graph.hasNode(id)) this.#states.setNodeState(id, { isNear });
  }
}
