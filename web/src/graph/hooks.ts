import { useEffect, useMemo, useState } from "preact/hooks";
import { type ApiError, RecentValues, toApiError } from "../api/index.ts";
import { createForceTask, type ForceProgress, forceOrder, toPositions } from "./force-task.ts";
import type { Positions } from "./geometry.ts";
import type { Layout } from "./graph-url.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import { type GraphRequest, type LoadedGraph, loadGraph } from "./queries.ts";
import { type TimeScale, timeLayout } from "./time-layout.ts";

export type GraphQueryState = {
  /** The latest graph; kept until the next one arrives. */
  readonly graph: LoadedGraph | null;
  readonly isLoading: boolean;
  readonly error: ApiError | null;
};

const recentGraphs = new RecentValues<LoadedGraph>(12);

/**
 * Loads the graph of a request, and again when the request or `refreshCount` changes; a load still running is
 * aborted.
 */
export function useGraph(
  { roots, direction, depth, maxWorks, expanded, path }: GraphRequest,
  refreshCount: number,
): GraphQueryState {
  const request: GraphRequest = { roots, direction, depth, maxWorks, expanded, path };
  const key = JSON.stringify(request);
  const [state, setState] = useState<GraphQueryState>(() => ({
    graph: recentGraphs.get(key) ?? null,
    isLoading: roots.length > 0 && recentGraphs.get(key) === undefined,
    error: null,
  }));
  // The key identifies the request.
  useEffect(() => {
    const known = recentGraphs.get(key);
    if (known !== undefined || roots.length === 0) {
      setState({ graph: known ?? null, isLoading: false, error: null });
      return;
    }
    const controller = new AbortController();
    setState(({ graph }) => ({ graph, isLoading: true, error: null }));
    loadGraph(request, controller.signal).then(
      (graph) => {
        recentGraphs.set(key, graph);
        setState({ graph, isLoading: false, error: null });
      },
      (error: unknown) => {
        if (controller.signal.aborted) return;
        // Keep the picture if the URL still has one of its roots.
        setState(({ graph }) => ({
          graph: graph?.variables.roots.some((root) => roots.includes(root)) === true ? graph : null,
          isLoading: false,
          error: toApiError(error),
        }));
      },
    );
    return () => controller.abort();
  }, [key, refreshCount]);
  return state;
}

export type GraphLayout = {
  readonly neighbourhood: Neighbourhood;
  readonly positions: Positions;
  readonly scale: TimeScale | null;
  readonly isDone: boolean;
};

/**
 * The positions of works. The force layout runs in a worker and reports its progress; with reduced motion only its
 * final positions are shown.
 */
export function useLayout(
  neighbourhood: Neighbourhood | null,
  layout: Layout,
  reducedMotion: boolean,
): GraphLayout | null {
  const timed = useMemo<GraphLayout | null>(() => {
    if (neighbourhood === null || layout !== "time") return null;
    return { neighbourhood, ...timeLayout(neighbourhood), isDone: true };
  }, [neighbourhood, layout]);
  const [forced, setForced] = useState<GraphLayout | null>(null);
  useEffect(() => {
    if (neighbourhood === null || layout !== "force") return;
    return runForceLayout(neighbourhood, (positions, isDone) => {
      if (isDone || !reducedMotion) setForced({ neighbourhood, positions, scale: null, isDone });
    });
  }, [neighbourhood, layout, reducedMotion]);
  return layout === "time" ? timed : forced;
}

/**
 * Runs the force layout in a worker and reports positions as it progresses. Call the returned function to stop it.
 */
export function runForceLayout(
  neighbourhood: Neighbourhood,
  onProgress: (positions: Positions, isDone: boolean) => void,
): () => void {
  const order = forceOrder(neighbourhood);
  const worker = new Worker(new URL("./force-worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }: MessageEvent<ForceProgress>) => {
    onProgress(toPositions(order, data.coordinates), data.isDone);
    if (data.isDone) worker.terminate();
  });
  worker.postMessage(createForceTask(neighbourhood));
  return () => worker.terminate();
}
