import { DirectedGraph } from "graphology";
import Sigma from "sigma";
import type { Settings } from "sigma/settings";
import type { Position } from "../graph/index.ts";
import type { ThemeTokens } from "../theme/index.ts";
import { AdaptiveDetail } from "./adaptive-detail.ts";
import {
  createStyles,
  defaultGraphState,
  defaultNodeState,
  isHighlighted,
  type LabelSide,
  labelSide,
  labelSides,
  type Marks,
  type NodeAttributes,
  nodeAttributes,
  nodeSize,
  type Scene,
  type SceneWork,
} from "./appearance.ts";
import { animatePositions, fitView, minimumExtent, revealWork, zoomView } from "./camera.ts";
import { Highlight } from "./highlight.ts";
import { Layers } from "./layers.ts";
import { HoverTracker, WorkDrag, workAt } from "./pointer.ts";
import { type PlacedTick, TimeAxis, visibleTicks } from "./time-axis.ts";

/** A pointer this many pixels beside a work still hits it. */
const hitPadding = 3;

export type GraphListeners = {
  /** Called with null when the pointer leaves a work. */
  readonly onHover: (id: string | null) => void;
  readonly onSelect: (id: string, isAdded: boolean) => void;
  readonly onOpen: (id: string) => void;
  readonly onMove: (id: string, to: Position) => void;
};

type Options = {
  readonly axis: SVGSVGElement;
  readonly tokens: ThemeTokens;
  readonly listeners: GraphListeners;
};

/** The picture: sigma's WebGL canvas with the time axis behind it. Throws if the browser has no WebGL 2. */
export class GraphDrawing {
  readonly #graph = new DirectedGraph<NodeAttributes>();
  readonly #sigma;
  readonly #axis: TimeAxis;
  #tokens: ThemeTokens;
  #scene: Scene = { works: [], citations: [], scale: null };
  readonly #highlight: Highlight;
  readonly #detail = new AdaptiveDetail();
  #detailFrame = 0;
  readonly #layers: Layers;
  #stopAnimation: () => void = () => {};

  constructor(container: HTMLElement, { axis, tokens, listeners }: Options) {
    this.#axis = new TimeAxis(axis);
    this.#tokens = tokens;
    this.#sigma = new Sigma(this.#graph, container, {
      primitives: { nodes: { label: { font: { family: tokens.font, size: 12 } } } },
      styles: createStyles(() => this.#tokens),
      customNodeState: defaultNodeState,
      customGraphState: defaultGraphState,
      settings: pictureSettings,
    });
    this.#layers = new Layers(this.#sigma, this.#graph, {
      tokens: () => this.#tokens,
      fraction: () => this.#detail.fraction,
    });
    this.#highlight = new Highlight(this.#sigma, this.#graph, (citations) => {
      this.#layers.showHighlighted(citations);
      this.#sigma.scheduleRender();
    });
    this.#listen(listeners);
  }

  /** Shows a scene. Works that were already shown move to their new positions, animated unless motion is reduced. */
  showScene(drawn: Scene, isCalm: boolean): void {
    const graph = this.#graph;
    this.#stopAnimation();
    const isFirst = graph.order === 0;
    const before = this.#scene;
    this.#scene = drawn;
    this.#sigma.setCustomBBox(minimumExtent(drawn.works));
    const ids = new Set(drawn.works.map(({ id }) => id));
    this.#keepOnly(ids);
    const targets = new Map<string, Position>();
    const sideOf = labelSides(drawn.works);
    const jumps = isFirst || isCalm;
    for (const work of drawn.works) {
      if (!graph.hasNode(work.id) || jumps) {
        graph.mergeNode(work.id, {
          ...nodeAttributes(work),
          labelPosition: sideOf(work),
          x: work.x,
          y: work.y,
        });
        continue;
      }
      graph.mergeNodeAttributes(work.id, { ...nodeAttributes(work), labelPosition: sideOf(work) });
      targets.set(work.id, work);
    }
    // While the force layout runs, positions change but works and citations do not.
    if (drawn.citations !== before.citations) {
      this.#highlight.show(drawn.citations);
      this.#layers.show(drawn.citations);
    }
    this.#layers.invalidateAppearance();
    if (targets.size > 0) this.#stopAnimation = animatePositions(graph, targets, () => {});
  }

  setMarks(marks: Marks): void {
    this.#highlight.setMarks(marks);
    this.#layers.invalidateAppearance();
  }

  setTokens(look: ThemeTokens): void {
    this.#tokens = look;
    this.#layers.invalidateAppearance();
    this.#sigma.refresh();
  }

  fit(isCalm: boolean): void {
    fitView(this.#sigma, isCalm);
  }

  zoom(factor: number, isCalm: boolean): void {
    zoomView(this.#sigma, factor, isCalm);
  }

  reveal(id: string, isCalm: boolean): void {
    revealWork(this.#sigma, id, isCalm);
  }

  /** What is currently visible, in pixels: for saving the picture and for measurements. */
  snapshot(): {
    readonly width: number;
    readonly height: number;
    readonly ticks: readonly PlacedTick[];
    readonly works: readonly (SceneWork & {
      readonly isLabelled: boolean;
      readonly labelSide: LabelSide;
    })[];
  } {
    const labelled = this.#sigma.getNodeDisplayedLabels();
    return {
      ...this.#sigma.getDimensions(),
      ticks: this.#ticks(),
      works: this.#scene.works.map((work) => {
        const { x, y, labelPosition } = this.#graph.getNodeAttributes(work.id);
        const at = this.#sigma.graphToViewport({ x, y });
        return {
          ...work,
          ...at,
          radius: this.#sigma.scaleSize(work.radius),
          labelSide: labelSide(labelPosition, this.#sigma.getNodeState(work.id).isOnPath),
          isLabelled: labelled.has(work.id),
        };
      }),
    };
  }

  destroy(): void {
    this.#stopAnimation();
    cancelAnimationFrame(this.#detailFrame);
    this.#sigma.kill();
  }

  /** Removes all other works at once: sigma re-indexes the whole graph for each removed node. */
  #keepOnly(ids: ReadonlySet<string>): void {
    const all = this.#graph.mapNodes((id, attributes) => [id, attributes] as const);
    const kept = all.filter(([id]) => ids.has(id));
    if (kept.length === all.length) return;
    this.#graph.clear();
    for (const [id, attributes] of kept) this.#graph.addNode(id, attributes);
  }

  #listen({ onHover, onSelect, onOpen, onMove }: GraphListeners): void {
    const at = (place: Position) => this.#workAt(place);
    const pointing = new HoverTracker(this.#sigma, {
      workAt: at,
      isDragging: () => drag.isMoving || this.#sigma.getGraphState().isPanning,
      onChange: (id) => {
        this.#highlight.setUnderPointer(id);
        this.#layers.invalidateAppearance();
        onHover(id);
      },
    });
    const drag = new WorkDrag(this.#sigma, this.#graph, at, {
      onStart: () => {
        this.#stopAnimation();
        this.#layers.invalidateAppearance();
      },
      onMove: (id) => this.#layers.invalidatePosition(id),
      onEnd: (id, to) => {
        this.#layers.invalidateAppearance();
        pointing.update();
        if (to !== null) onMove(id, to);
      },
    });
    this.#sigma.on("clickStage", ({ event }) => {
      const { original } = event;
      const id = at(event);
      if (id !== null) onSelect(id, original.shiftKey || original.ctrlKey || original.metaKey);
    });
    this.#sigma.on("doubleClickStage", ({ event, preventSigmaDefault }) => {
      const id = at(event);
      if (id === null) return;
      preventSigmaDefault();
      onOpen(id);
    });
    this.#sigma.on("afterProcess", () => this.#layers.invalidatePosition());
    this.#sigma.on("afterRender", () => {
      this.#axis.show(this.#ticks(), this.#sigma.getDimensions());
      if (this.#detail.onRender())
        this.#detailFrame = requestAnimationFrame((now) => this.#followFrames(now));
    });
  }

  /** Follows frames until the picture is at rest, then draws the lines that were skipped. */
  #followFrames(now: number): void {
    const state = this.#detail.onFrame(now);
    if (state === "moving") this.#detailFrame = requestAnimationFrame((next) => this.#followFrames(next));
    else if (state === "incomplete") this.#sigma.scheduleRender();
  }

  /** The work at a point of the picture in pixels, or null. */
  #workAt(place: Position): string | null {
    const pixelsPerUnit = this.#sigma.getGraphToViewportRatio();
    const scale = this.#sigma.scaleSize() / pixelsPerUnit;
    const discs = this.#graph.mapNodes((id, attributes) => {
      const state = this.#sigma.getNodeState(id);
      const radius = nodeSize(attributes, state) * scale;
      return { id, x: attributes.x, y: attributes.y, radius, isHighlighted: isHighlighted(state) };
    });
    return workAt(this.#sigma.viewportToGraph(place), discs, hitPadding / pixelsPerUnit);
  }

  #ticks(): PlacedTick[] {
    return this.#scene.scale === null ? [] : visibleTicks(this.#sigma, this.#scene.scale);
  }
}

/** Sigma's settings. */
export const pictureSettings = {
  // Other gesture targets show a hint with an inline style, which the Content-Security-Policy forbids.
  gestureTarget: "graph",
  enableCameraRotation: false,
  labelDensity: 0.5,
  labelGridCellSize: 190,
  labelRenderedSizeThreshold: 5,
  stagePadding: 34,
  // `workAt` finds the work below the pointer, so sigma's picking layer is reduced to a pixel.
  pickingDownSizingRatio: 10_000,
  maxCameraRatio: 4,
  minCameraRatio: 0.02,
  doubleClickZoomingRatio: 1,
} as const satisfies Partial<Settings>;
