import { useEffect, useState } from "preact/hooks";
import { AskError } from "../api/ask.ts";
import { type Asked, askGraph, type GraphAnswer } from "./ask-graph.ts";

export type GraphState = {
  /** The latest answer; it stays until the next is there. */
  readonly answer: GraphAnswer | null;
  readonly isAsking: boolean;
  readonly error: AskError | null;
};

/** So many answers are kept, for back and forward. */
const mostKept = 12;
const kept = new Map<string, GraphAnswer>();

function keep(key: string, answer: GraphAnswer): void {
  kept.delete(key);
  kept.set(key, answer);
  const [oldest] = kept.keys();
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
}

/** Queries what a place shows of the graph; again when the place or the turn changes, giving up the query before. */
export function useGraph({ of, direction, depth, most, expanded, path }: Asked, turn: number): GraphState {
  const asked: Asked = { of, direction, depth, most, expanded, path };
  const key = JSON.stringify(asked);
  const [state, setState] = useState<GraphState>(() => ({
    answer: kept.get(key) ?? null,
    isAsking: of.length > 0 && !kept.has(key),
    error: null,
  }));
  // The key stands for what is asked.
  useEffect(() => {
    const known = kept.get(key);
    if (known !== undefined || of.length === 0) {
      setState({ answer: known ?? null, isAsking: false, error: null });
      return;
    }
    const given = new AbortController();
    setState(({ answer }) => ({ answer, isAsking: true, error: null }));
    askGraph(asked, given.signal).then(
      (answer) => {
        keep(key, answer);
        setState({ answer, isAsking: false, error: null });
      },
      (error: unknown) => {
        if (given.signal.aborted) return;
        const shown =
          error instanceof AskError ? error : new AskError(String(error), "INTERNAL_SERVER_ERROR");
        // The picture stays where the address still names some of it.
        setState(({ answer }) => ({
          answer: answer?.variables.roots.some((root) => of.includes(root)) === true ? answer : null,
          isAsking: false,
          error: shown,
        }));
      },
    );
    return () => given.abort();
  }, [key, turn]);
  return state;
}
