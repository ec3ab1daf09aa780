import { useEffect, useMemo, useState } from "preact/hooks";
import type { Layout } from "./graph-place.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import type { Positions } from "./positions.ts";
import { runForceLayout } from "./run-force-layout.ts";
import { type TimeScale, timeLayout } from "./time-layout.ts";

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
