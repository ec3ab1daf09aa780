import { useEffect, useState } from "preact/hooks";
import type { FollowState } from "../../api/event-stream.ts";
import { follow } from "../../api/follow.ts";
import { type Change, changesQuestion } from "./overview-questions.ts";

export type Changes = {
  readonly state: FollowState;
  /** The latest first. */
  readonly latest: readonly Change[];
  /** Grows with what has changed, not more than once in two seconds: what is counted is asked for again then. */
  readonly turn: number;
};

const mostShown = 8;
const leastPause = 2_000;

/** What changes in this mirror while the page is open. */
export function useChanges(): Changes {
  const [state, setState] = useState<FollowState>("connecting");
  const [latest, setLatest] = useState<readonly Change[]>([]);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let pause: ReturnType<typeof setTimeout> | undefined;
    let lastTurn = 0;
    const stop = follow(changesQuestion, {
      state: setState,
      next: ({ paperChanged }) => {
        setLatest((before) => [paperChanged, ...before].slice(0, mostShown));
        pause ??= setTimeout(
          () => {
            pause = undefined;
            lastTurn = Date.now();
            setTurn((count) => count + 1);
          },
          Math.max(0, lastTurn + leastPause - Date.now()),
        );
      },
    });
    return () => {
      clearTimeout(pause);
      stop();
    };
  }, []);
  return { state, latest, turn };
}
