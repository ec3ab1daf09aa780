import { BarController, BarElement, CategoryScale, Chart, Legend, LinearScale, Tooltip } from "chart.js";
import type { Theme, ThemeTokens } from "../../theme/index.ts";
import type { AnchorStat } from "./queries.ts";

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Legend, Tooltip);

/** Okabe and Ito's colours, distinguishable with any colour vision and by their order within each group. */
const seriesColours: Readonly<Record<Theme, readonly [string, string, string]>> = {
  light: ["#8a857b", "#0072b2", "#00805f"],
  dark: ["#858b8f", "#56b4e9", "#2fc79a"],
};

type Bars = {
  readonly stats: readonly AnchorStat[];
  readonly isHorizontal: boolean;
  readonly reducedMotion: boolean;
  readonly tokens: ThemeTokens;
  readonly theme: Theme;
};

/** Draws three bars per group. Call the returned function to destroy the chart. */
export function drawBarChart(
  canvas: HTMLCanvasElement,
  { stats, isHorizontal, reducedMotion, tokens, theme }: Bars,
): () => void {
  const [asserted, listed, inMirror] = seriesColours[theme];
  const dataset = (label: string, colour: string, data: readonly number[]) => ({
    label,
    data: [...data],
    backgroundColor: colour,
    borderRadius: 2,
    categoryPercentage: 0.78,
    barPercentage: 0.95,
  });
  const axis = {
    ticks: { color: tokens.soft, font: { family: tokens.font, size: 11 } },
    border: { color: tokens.line },
  };
  const values = {
    ...axis,
    beginAtZero: true,
    grid: { color: tokens.line },
    ticks: { ...axis.ticks, precision: 0 },
  };
  const groups = { ...axis, grid: { display: false } };
  const chart = new Chart(canvas, {
    type: "bar",
    data: {
      labels: stats.map(({ group }) => group.slice(0, 24)),
      datasets: [
        dataset(
          "Asserted",
          asserted,
          stats.map(({ internalAnchorsAsserted }) => internalAnchorsAsserted),
        ),
        dataset(
          "Listed",
          listed,
          stats.map(({ internalAnchorsListed }) => internalAnchorsListed),
        ),
        dataset(
          "In this mirror",
          inMirror,
          stats.map(({ internalAnchorsStored }) => internalAnchorsStored),
        ),
      ],
    },
    options: {
      indexAxis: isHorizontal ? "y" : "x",
      maintainAspectRatio: false,
      animation: reducedMotion ? false : { duration: 300 },
      scales: isHorizontal ? { x: values, y: groups } : { x: groups, y: values },
      plugins: {
        legend: {
          align: "start",
          labels: {
            color: tokens.text,
            font: { family: tokens.font, size: 12 },
            boxWidth: 12,
            boxHeight: 12,
          },
        },
        tooltip: { mode: "index", intersect: false },
      },
    },
  });
  return () => chart.destroy();
}
