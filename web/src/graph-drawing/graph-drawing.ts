import { DirectedGraph } from "graphology";
import Sigma from "sigma";
import type { Settings } from "sigma/settings";
import type { Position } from "../graph/index.ts";
import type { Look } from "../theme/index.ts";
import { MovingShare } from "./adaptive-detail.ts";
import {
  attributesOf,
  type Drawn,
  type DrawnWork,
  type LabelSide,
  labelSide,
  type Marks,
  type NodeAttributes,
  plainGraphState,
  plainNodeState,
  sidesOf,
  sizeOf,
  standsOut,
  stylesOf,
} from "./appearance.ts";
import { fitView, glide, revealWork, roomFor, zoomView } from "./camera.ts";
import { StandingOut } from "./highlight.ts";
import { Layers } from "./layers.ts";
import { Pointing, WorkDrag, workAt } from "./pointer.ts";
import { type PlacedTick, placedTicks, TimeAxis } from "./time-axis.ts";

/** A work is pointed at also so many pixels beside it. */
const pointingPadding = 3;

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
  readonly #graph = new DirectedGraph<NodeAttributes>();
  readonly #sigma;
  readonly #axis: TimeAxis;
  #look: Look;
  #drawn: Drawn = { works: [], citations: [], scale: null };
  readonly #standingOut: StandingOut;
  readonly #share = new MovingShare();
  #shareFrame = 0;
  readonly #layers: Layers;
  #stopGliding: () => void = () => {};

  constructor(container: HTMLElement, { axis, look, listeners }: Options) {
    this.#axis = new TimeAxis(axis);
    this.#look = look;
    this.#sigma = new Sigma(this.#graph, container, {
      primitives: { nodes: { label: { font: { family: look.font, size: 12 } } } },
      styles: stylesOf(() => this.#look),
      customNodeState: plainNodeState,
      customGraphState: plainGraphState,
      settings: pictureSettings,
    });
    this.#layers = new Layers(this.#sigma, this.#graph, {
      look: () => this.#look,
      share: () => this.#share.now,
    });
    this.#standingOut = new StandingOut(this.#sigma, this.#graph, (citations) => {
      this.#layers.showStandingOut(citations);
      this.#sigma.scheduleRender();
    });
    this.#listen(listeners);
  }

  /** Shows these works where they stand now; those that were there before glide, unless that is not wanted. */
  show(drawn: Drawn, isCalm: boolean): void {
    const graph = this.#graph;
    this.#stopGliding();
    const isFirst = graph.order === 0;
    const before = this.#drawn;
    this.#drawn = drawn;
    this.#sigma.setCustomBBox(roomFor(drawn.works));
    const ids = new Set(drawn.works.map(({ id }) => id));
    this.#keepOnly(ids);
    const targets = new Map<string, Position>();
    const sideOf = sidesOf(drawn.works);
    const jumps = isFirst || isCalm;
    for (const work of drawn.works) {
      if (!graph.hasNode(work.id) || jumps) {
        graph.mergeNode(work.id, {
          ...attributesOf(work),
          labelPosition: sideOf(work),
          x: work.x,
          y: work.y,
        });
        continue;
      }
      graph.mergeNodeAttributes(work.id, { ...attributesOf(work), labelPosition: sideOf(work) });
      targets.set(work.id, work);
    }
    // The same works and citations are shown in many places while forces move them.
    if (drawn.citations !== before.citations) {
      this.#standingOut.show(drawn.citations);
      this.#layers.show(drawn.citations);
    }
    this.#layers.changed();
    if (targets.size > 0) this.#stopGliding = glide(graph, targets, () => {});
  }

  mark(marks: Marks): void {
    this.#standingOut.mark(marks);
    this.#layers.changed();
  }

  setLook(look: Look): void {
    this.#look = look;
    this.#layers.changed();
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

  /** What is seen now, in pixels: for saving it, and for who measures. */
  seen(): {
    readonly width: number;
    readonly height: number;
    readonly ticks: readonly PlacedTick[];
    readonly works: readonly (DrawnWork & {
      readonly isLabelled: boolean;
      readonly labelSide: LabelSide;
    })[];
  } {
    const labelled = this.#sigma.getNodeDisplayedLabels();
    return {
      ...this.#sigma.getDimensions(),
      ticks: this.#ticks(),
      works: this.#drawn.works.map((work) => {
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
    this.#stopGliding();
    cancelAnimationFrame(this.#shareFrame);
    this.#sigma.kill();
  }

  /** Drops all other works: together, since sigma reads the whole graph anew for each that goes. */
  #keepOnly(ids: ReadonlySet<string>): void {
    const all = this.#graph.mapNodes((id, attributes) => [id, attributes] as const);
    const kept = all.filter(([id]) => ids.has(id));
    if (kept.length === all.length) return;
    this.#graph.clear();
    for (const [id, attributes] of kept) this.#graph.addNode(id, attributes);
  }

  #listen({ hovered, chosen, opened, moved }: Listeners): void {
    const at = (place: Position) => this.#workAt(place);
    const pointing = new Pointing(this.#sigma, {
      workAt: at,
      isHeld: () => drag.isMoving || this.#sigma.getGraphState().isPanning,
      changed: (id) => {
        this.#standingOut.point(id);
        this.#layers.changed();
        hovered(id);
      },
    });
    const drag = new WorkDrag(this.#sigma, this.#graph, at, {
      begun: () => {
        this.#stopGliding();
        this.#layers.changed();
      },
      moved: (id) => this.#layers.moved(id),
      ended: (id, to) => {
        this.#layers.changed();
        pointing.look();
        if (to !== null) moved(id, to);
      },
    });
    this.#sigma.on("clickStage", ({ event }) => {
      const { original } = event;
      const id = at(event);
      if (id !== null) chosen(id, original.shiftKey || original.ctrlKey || original.metaKey);
    });
    this.#sigma.on("doubleClickStage", ({ event, preventSigmaDefault }) => {
      const id = at(event);
      if (id === null) return;
      preventSigmaDefault();
      opened(id);
    });
    this.#sigma.on("afterProcess", () => this.#layers.moved());
    this.#sigma.on("afterRender", () => {
      this.#axis.show(this.#ticks(), this.#sigma.getDimensions());
      if (this.#share.drawn()) this.#shareFrame = requestAnimationFrame((now) => this.#followFrames(now));
    });
  }

  /** Until the picture rests; then lines that were left out while it moved are drawn. */
  #followFrames(now: number): void {
    const state = this.#share.frame(now);
    if (state === "moving") this.#shareFrame = requestAnimationFrame((next) => this.#followFrames(next));
    else if (state === "incomplete") this.#sigma.scheduleRender();
  }

  /** The work at a place of the picture, in pixels; null where none is. */
  #workAt(place: Position): string | null {
    const pixelsPerUnit = this.#sigma.getGraphToViewportRatio();
    const scale = this.#sigma.scaleSize() / pixelsPerUnit;
    const discs = this.#graph.mapNodes((id, attributes) => {
      const state = this.#sigma.getNodeState(id);
      const radius = sizeOf(attributes, state) * scale;
      return { id, x: attributes.x, y: attributes.y, radius, standsOut: standsOut(state) };
    });
    return workAt(this.#sigma.viewportToGraph(place), discs, pointingPadding / pixelsPerUnit);
  }

  #ticks(): PlacedTick[] {
    return this.#drawn.scale === null ? [] : placedTicks(this.#sigma, this.#drawn.scale);
  }
}

/** How sigma draws the picture, and lets itself be moved about in it. */
export const pictureSettings = {
  // The other ways show a hint that styles itself within the page, which its policy refuses.
  gestureTarget: "graph",
  enableCameraRotation: false,
  labelDensity: 0.5,
  labelGridCellSize: 190,
  labelRenderedSizeThreshold: 5,
  stagePadding: 34,
  // What is pointed at we find ourselves: the picture that sigma would look it up in is a pixel.
  pickingDownSizingRatio: 10_000,
  maxCameraRatio: 4,
  minCameraRatio: 0.02,
  doubleClickZoomingRatio: 1,
} as const satisfies Partial<Settings>;
