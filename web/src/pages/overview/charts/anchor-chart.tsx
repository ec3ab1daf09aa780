import { useEffect, useRef, useState } from "preact/hooks";
import { readLook } from "../../../theme/look.ts";
import { useTheme } from "../../../theme/theme.ts";
import { useCalm } from "../../../theme/use-calm.ts";
import type { AnchorStat } from "../overview-questions.ts";

/** Bars for each group. Chart.js is fetched when the first is drawn; the table says the same. */
export function AnchorChart({
  stats,
  isSideways,
  title,
}: {
  stats: readonly AnchorStat[];
  isSideways: boolean;
  title: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [isDrawn, setDrawn] = useState(false);
  const { theme } = useTheme();
  const isCalm = useCalm();
  useEffect(() => {
    let isGone = false;
    let erase: (() => void) | undefined;
    import("./draw-bars.ts").then(
      ({ drawBars }) => {
        if (isGone || canvas.current === null) return;
        erase = drawBars(canvas.current, { stats, isSideways, isCalm, look: readLook(), theme });
        setDrawn(true);
      },
      () => setDrawn(false),
    );
    return () => {
      isGone = true;
      erase?.();
    };
  }, [stats, isSideways, theme, isCalm]);
  return (
    <div class="chart" data-drawn={isDrawn ? "true" : undefined}>
      <canvas ref={canvas} role="img" aria-label={inWords(stats, title)} />
    </div>
  );
}

function inWords(stats: readonly AnchorStat[], title: string): string {
  const sum = (field: "internalAnchorsAsserted" | "internalAnchorsListed" | "internalAnchorsStored") =>
    stats.reduce((total, stat) => total + stat[field], 0).toLocaleString("en");
  return (
    `Bars of internal anchors ${title.toLowerCase()}, ${stats.length} groups: ${sum("internalAnchorsAsserted")} asserted, ` +
    `${sum("internalAnchorsListed")} listed, ${sum("internalAnchorsStored")} held. The table has each number.`
  );
}
