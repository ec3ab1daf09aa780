import { useEffect, useMemo, useState } from "preact/hooks";
import { type AskError, RecentValues, toApiError } from "../api/index.ts";
import { type ForceProgress, forceOrder, forceTask, positionsOf } from "./force-task.ts";
import type { Positions } from "./geometry.ts";
import type { Layout } from "./graph-url.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import { type Asked, askGraph, type GraphAnswer } from "./queries.ts";
import { type TimeScale, timeLayout } from "./time-layout.ts";

export type GraphState = {
  /** The latest answer; it stays until the next is there. */
  readonly answer: GraphAnswer | null;
  readonly isAsking: boolean;
  readonly error: AskError | null;
};

const recentGraphs = new RecentValues<GraphAnswer>(12);

/** Queries what a place shows of the graph; again when the place or the turn changes, giving up the query before. */
export function useGraph({ of, direction, depth, most, expanded, path }: Asked, turn: number): GraphState {
  const asked: Asked = { of, direction, depth, most, expanded, path };
  const key = JSON.stringify(asked);
  const [state, setState] = useState<GraphState>(() => ({
    answer: recentGraphs.get(key) ?? null,
    isAsking: of.length > 0 && recentGraphs.get(key) === undefined,
    error: null,
  }));
  // The key stands for what is asked.
  useEffect(() => {
    const known = recentGraphs.get(key);
    if (known !== undefined || of.length === 0) {
      setState({ answer: known ?? null, isAsking: false, error: null });
      return;
    }
    const given = new AbortController();
    setState(({ answer }) => ({ answer, isAsking: true, error: null }));
    askGraph(asked, given.signal).then(
      (answer) => {
        recentGraphs.set(key, answer);
        setState({ answer, isAsking: false, error: null });
      },
      (error: unknown) => {
        if (given.signal.aborted) return;
        // The picture stays where the address still names some of it.
        setState(({ answer }) => ({
          answer: answer?.variables.roots.some((root) => of.includes(root)) === true ? answer : null,
          isAsking: false,
          error: toApiError(error),
        }));
      },
    );
    return () => given.abort();
  }, [key, turn]);
  return state;
}

export type LaidOut = {
  readonly neighbourhood: Neighbourhood;
  readonly positions: Positions;
  readonly scale: TimeScale | null;
  readonly isDone: boolean;
};

/** Where works stand. Forces take a while, in a thread; who wants calm is shown only what comes of them. */
export function useLayout(
  neighbourhood: Neighbourhood | null,
  layout: Layout,
  isCalm: boolean,
): LaidOut | null {
  const timed = useMemo<LaidOut | null>(() => {
    if (neighbourhood === null || layout !== "time") return null;
    return { neighbourhood, ...timeLayout(neighbourhood), isDone: true };
  }, [neighbourhood, layout]);
  const [forced, setForced] = useState<LaidOut | null>(null);
  useEffect(() => {
    if (neighbourhood === null || layout !== "force") return;
    return runForceLayout(neighbourhood, (positions, isDone) => {
      if (isDone || !isCalm) setForced({ neighbourhood, positions, scale: null, isDone });
    });
  }, [neighbourhood, layout, isCalm]);
  return layout === "time" ? timed : forced;
}

/** Lays a graph out in a thread, telling how far it is; ends it when what is returned is called. */
export function runForceLayout(
  neighbourhood: Neighbourhood,
  tell: (positions: Positions, isDone: boolean) => void,
): () => void {
  const order = forceOrder(neighbourhood);
  const worker = new Worker(new URL("./force-worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }: MessageEvent<ForceProgress>) => {
    tell(positionsOf(order, data.coordinates), data.isDone);
    if (data.isDone) worker.terminate();
  });
  worker.postMessage(forceTask(neighbourhood));
  return () => worker.terminate();
}
