import { BarController, BarElement, CategoryScale, Chart, Legend, LinearScale, Tooltip } from "chart.js";
import type { Look, Theme } from "../../theme/index.ts";
import type { AnchorStat } from "./queries.ts";

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Legend, Tooltip);

/** Okabe and Ito's: told apart with any colour vision, and by their order in each group. */
const hues: Readonly<Record<Theme, readonly [string, string, string]>> = {
  light: ["#8a857b", "#0072b2", "#00805f"],
  dark: ["#858b8f", "#56b4e9", "#2fc79a"],
};

type Bars = {
  readonly stats: readonly AnchorStat[];
  readonly isSideways: boolean;
  readonly isCalm: boolean;
  readonly look: Look;
  readonly theme: Theme;
};

/** Draws three bars a group; erases them when what is returned is called. */
export function drawBars(
  canvas: HTMLCanvasElement,
  { stats, isSideways, isCalm, look, theme }: Bars,
): () => void {
  const [asserted, listed, held] = hues[theme];
  const dataset = (label: string, colour: string, data: readonly number[]) => ({
    label,
    data: [...data],
    backgroundColor: colour,
    borderRadius: 2,
    categoryPercentage: 0.78,
    barPercentage: 0.95,
  });
  const axis = {
    ticks: { color: look.soft, font: { family: look.font, size: 11 } },
    border: { color: look.line },
  };
  const values = {
    ...axis,
    beginAtZero: true,
    grid: { color: look.line },
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
          "Held",
          held,
          stats.map(({ internalAnchorsStored }) => internalAnchorsStored),
        ),
      ],
    },
    options: {
      indexAxis: isSideways ? "y" : "x",
      maintainAspectRatio: false,
      animation: isCalm ? false : { duration: 300 },
      scales: isSideways ? { x: values, y: groups } : { x: groups, y: values },
      plugins: {
        legend: {
          align: "start",
          labels: { color: look.text, font: { family: look.font, size: 12 }, boxWidth: 12, boxHeight: 12 },
        },
        tooltip: { mode: "index", intersect: false },
      },
    },
  });
  return () => chart.destroy();
}
