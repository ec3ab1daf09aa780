import { DirectedGraph } from "graphology";
import Sigma from "sigma";
import {
  extremityArrow,
  layerFill,
  layerPlain,
  pathLine,
  pathLoop,
  sdfCircle,
  sdfDiamond,
  sdfSquare,
  sdfTriangle,
} from "sigma/rendering";
import type { Look } from "../../theme/look.ts";
import { labelText } from "../label-text.ts";
import { nameOfCitation } from "../neighbourhood.ts";
import type { Position } from "../positions.ts";
import type { Drawn, DrawnWork, Marks } from "./drawn.ts";
import { noMarks } from "./drawn.ts";
import { glide } from "./glide.ts";
import {
  type EdgeAttributes,
  type NodeAttributes,
  plainEdgeState,
  plainGraphState,
  plainNodeState,
  stylesOf,
} from "./styles.ts";
import { drawTimeAxis, type PlacedTick, placedTicks } from "./time-axis.ts";

export type Listeners = {
  /** A work is pointed at; null: none any more. */
  readonly hovered: (id: string | null) => void;
  readonly chosen: (id: string, isAdded: boolean) => void;
  readonly opened: (id: string) => void;
  readonly moved: (id: string, to: Position) => void;
};

type Options = { readonly axis: SVGSVGElement; readonly look: Look; readonly listeners: Listeners };

/** The picture: sigma's WebGL, and the time axis behind it. Throws where the browser has no WebGL 2. */
export class GraphDrawing {
  readonly #graph = new DirectedGraph<NodeAttributes, EdgeAttributes>();
  readonly #sigma;
  readonly #axis: SVGSVGElement;
  #look: Look;
  #drawn: Drawn = { works: [], citations: [], scale: null };
  #marks: Marks = noMarks;
  #hovered: string | null = null;
  #near: readonly string[] = [];
  #stopGliding: () => void = () => {};

  constructor(container: HTMLElement, { axis, look, listeners }: Options) {
    this.#axis = axis;
    this.#look = look;
    this.#sigma = new Sigma(this.#graph, container, {
      primitives: {
        nodes: {
          shapes: [sdfCircle(), sdfSquare(), sdfTriangle(), sdfDiamond()],
          layers: [layerFill()],
          label: { font: { family: look.font, size: 12 } },
        },
        edges: {
          paths: [pathLine(), pathLoop()],
          extremities: [extremityArrow()],
          layers: [layerPlain()],
        },
      },
      styles: stylesOf(() => this.#look),
      customNodeState: plainNodeState,
      customEdgeState: plainEdgeState,
      customGraphState: plainGraphState,
      settings: {
        // The other ways show a hint that styles itself within the page, which its policy refuses.
        gestureTarget: "graph",
        enableNodeDrag: true,
        enableCameraRotation: false,
        labelDensity: 0.7,
        labelGridCellSize: 130,
        labelRenderedSizeThreshold: 5,
        stagePadding: 34,
        nodePickingPadding: 3,
        maxCameraRatio: 4,
        minCameraRatio: 0.02,
        doubleClickZoomingRatio: 1,
      },
    });
    this.#listen(listeners);
  }

  /** Shows these works where they stand now; those that were there before glide, unless that is not wanted. */
  show(drawn: Drawn, isCalm: boolean): void {
    const graph = this.#graph;
    this.#stopGliding();
    const isFirst = graph.order === 0;
    this.#drawn = drawn;
    const ids = new Set(drawn.works.map(({ id }) => id));
    for (const id of graph.nodes()) if (!ids.has(id)) graph.dropNode(id);
    const targets = new Map<string, Position>();
    const jumps = isFirst || isCalm;
    for (const work of drawn.works) {
      if (!graph.hasNode(work.id) || jumps) {
        graph.mergeNode(work.id, { ...looksOf(work), x: work.x, y: work.y });
        continue;
      }
      graph.mergeNodeAttributes(work.id, looksOf(work));
      targets.set(work.id, work);
    }
    const names = new Set(drawn.citations.map(nameOfCitation));
    for (const edge of graph.edges()) if (!names.has(edge)) graph.dropEdge(edge);
    for (const citation of drawn.citations) {
      const { citing, cited, isInternalAnchor } = citation;
      if (graph.hasNode(citing) && graph.hasNode(cited)) {
        graph.mergeEdgeWithKey(nameOfCitation(citation), citing, cited, { isInternalAnchor });
      }
    }
    this.#sigma.setGraphState({ citationCount: graph.size });
    this.mark(this.#marks);
    if (targets.size > 0) this.#stopGliding = glide(graph, targets, () => {});
  }

  mark(marks: Marks): void {
    this.#marks = marks;
    for (const id of this.#graph.nodes()) {
      this.#sigma.setNodeState(id, {
        isSelected: marks.selected.has(id),
        isPinned: marks.pinned.has(id),
        isFocused: marks.focused === id,
        isOnPath: marks.pathWorks.has(id),
      });
    }
    for (const edge of this.#graph.edges()) {
      this.#sigma.setEdgeState(edge, { isOnPath: marks.pathCitations.has(edge) });
    }
    this.#sigma.setGraphState({ hasPath: marks.pathWorks.size > 0 });
    this.#showNear();
  }

  setLook(look: Look): void {
    this.#look = look;
    this.#sigma.refresh();
  }

  fit(isCalm: boolean): void {
    this.#sigma.getCamera().animate({ x: 0.5, y: 0.5, ratio: 1, angle: 0 }, { duration: isCalm ? 0 : 300 });
  }

  zoom(factor: number, isCalm: boolean): void {
    const camera = this.#sigma.getCamera();
    const ratio = camera.getBoundedRatio(camera.ratio / factor);
    camera.animate({ ratio }, { duration: isCalm ? 0 : 200 });
  }

  /** Moves the view where a work is not within it. */
  reveal(id: string, isCalm: boolean): void {
    const at = this.#sigma.getNodeDisplayData(id);
    if (at === undefined) return;
    const { x, y } = this.#sigma.framedGraphToViewport(at);
    const { width, height } = this.#sigma.getDimensions();
    const margin = 40;
    if (x > margin && y > margin && x < width - margin && y < height - margin) return;
    this.#sigma.getCamera().animate({ x: at.x, y: at.y }, { duration: isCalm ? 0 : 250 });
  }

  /** What is seen now, in pixels: for saving it, and for who measures. */
  seen(): {
    readonly width: number;
    readonly height: number;
    readonly ticks: readonly PlacedTick[];
    readonly works: readonly (DrawnWork & { readonly isLabelled: boolean })[];
  } {
    const labelled = this.#sigma.getNodeDisplayedLabels();
    return {
      ...this.#sigma.getDimensions(),
      ticks: this.#ticks(),
      works: this.#drawn.works.map((work) => {
        const { x, y } = this.#graph.getNodeAttributes(work.id);
        const at = this.#sigma.graphToViewport({ x, y });
        return {
          ...work,
          ...at,
          radius: this.#sigma.scaleSize(work.radius),
          isLabelled: labelled.has(work.id),
        };
      }),
    };
  }

  destroy(): void {
    this.#stopGliding();
    this.#sigma.kill();
  }

  #listen({ hovered, chosen, opened, moved }: Listeners): void {
    const hover = (id: string | null) => {
      this.#hovered = id;
      this.#showNear();
      hovered(id);
    };
    this.#sigma.on("enterNode", ({ node }) => hover(node));
    this.#sigma.on("leaveNode", () => hover(null));
    this.#sigma.on("clickNode", ({ node, event }) => {
      const { original } = event;
      chosen(node, original.shiftKey || original.ctrlKey || original.metaKey);
    });
    this.#sigma.on("doubleClickNode", ({ node, preventSigmaDefault }) => {
      preventSigmaDefault();
      opened(node);
    });
    let from: Position = { x: 0, y: 0 };
    this.#sigma.on("nodeDragStart", ({ node }) => {
      this.#stopGliding();
      from = this.#graph.getNodeAttributes(node);
      from = { x: from.x, y: from.y };
    });
    this.#sigma.on("nodeDragEnd", ({ node }) => {
      const { x, y } = this.#graph.getNodeAttributes(node);
      if (x !== from.x || y !== from.y) moved(node, { x, y });
    });
    this.#sigma.on("afterRender", () => {
      drawTimeAxis(this.#axis, this.#ticks(), this.#sigma.getDimensions().height);
    });
  }

  #ticks(): PlacedTick[] {
    return this.#drawn.scale === null ? [] : placedTicks(this.#sigma, this.#drawn.scale);
  }

  /** What is beside the work that is pointed at, else of the one in focus. */
  #showNear(): void {
    const of =
      [this.#hovered, this.#marks.focused].find((id) => id !== null && this.#graph.hasNode(id)) ?? null;
    const edges = of === null ? [] : this.#graph.edges(of);
    const works = of === null ? [] : this.#graph.neighbors(of);
    const [before, now] = [new Set(this.#near), new Set([...edges, ...works])];
    for (const key of before) if (!now.has(key)) this.#setNear(key, false);
    for (const key of now) if (!before.has(key)) this.#setNear(key, true);
    this.#near = [...now];
    this.#sigma.setGraphState({ hasNear: of !== null });
  }

  #setNear(key: string, isNear: boolean): void {
    if (this.#graph.hasNode(key)) this.#sigma.setNodeState(key, { isNear });
    else if (this.#graph.hasEdge(key)) this.#sigma.setEdgeState(key, { isNear });
  }
}

function looksOf({ radius, colour, shape, name, isRoot }: DrawnWork): Omit<NodeAttributes, "x" | "y"> {
  return { size: radius, color: colour, shape, label: labelText(name), isRoot };
}
