import { type Trust, trustLabels, trusts } from "../proof/index.ts";
import type { Colouring } from "./graph-url.ts";
import type { GraphWork, Neighbourhood } from "./neighbourhood.ts";

export type Theme = "light" | "dark";
export type Shape = "circle" | "square" | "triangle" | "diamond";

/** What a colour stands for: a category, `other`, `none` if unknown, or a level of trust. */
export type ColourKey = string;
export type LegendEntry = { readonly key: ColourKey; readonly text: string; readonly colour: string };

/**
 * Okabe and Ito's colours, distinguishable with any colour vision, adjusted to a contrast of 3:1 with the theme's
 * ground (WCAG 2.2, 1.4.11).
 */
const hues: Readonly<Record<Theme, readonly string[]>> = {
  light: ["#0072b2", "#c25700", "#00805f", "#b4578f", "#8a6d00", "#3f88b5", "#6b4fa0"],
  dark: ["#56b4e9", "#e8a33d", "#2fc79a", "#dd8fbd", "#f0e442", "#8fb8ff", "#c3a6f2"],
};

const neutral: Readonly<Record<Theme, { readonly other: string; readonly none: string }>> = {
  light: { other: "#5c5850", none: "#8a857b" },
  dark: { other: "#c9c6bf", none: "#858b8f" },
};

/** Signatures of the demo key prove nothing, so they get a neutral colour. */
const trustHues: Readonly<Record<Trust, number | null>> = {
  signed: 2,
  receipt: 0,
  demo: null,
  untrusted: 3,
  hash: 1,
};

const shapesByTrust: Readonly<Record<Trust, Shape>> = {
  signed: "circle",
  receipt: "triangle",
  demo: "square",
  untrusted: "square",
  hash: "triangle",
};

/** The shape shows the level of trust whatever the colours show, so that nothing depends on colour alone. */
export function shapeOfTrust(trust: Trust | null): Shape {
  return trust === null ? "diamond" : shapesByTrust[trust];
}

/** Each shape in use, with its meaning. */
export function shapeLegend(
  works: readonly Pick<GraphWork, "trust">[],
): readonly { readonly shape: Shape; readonly text: string }[] {
  const trustsInUse = [...trusts, null].filter((trust) => works.some((work) => work.trust === trust));
  return [...new Set(trustsInUse.map(shapeOfTrust))].map((shape) => ({
    shape,
    text: trustsInUse
      .filter((trust) => shapeOfTrust(trust) === shape)
      .map((trust) => (trust === null ? "Only cited" : trustLabels[trust]))
      .join(" or "),
  }));
}

/** The colour of each work, and the legend. */
export type ColourScheme = {
  readonly colourOf: (work: Pick<GraphWork, "category" | "trust">) => string;
  readonly legend: readonly LegendEntry[];
};

export function createColourScheme(
  neighbourhood: Neighbourhood,
  colouring: Colouring,
  theme: Theme,
): ColourScheme {
  const works = [...neighbourhood.works.values()];
  const legend = colouring === "proof" ? trustLegend(works, theme) : categoryLegend(works, theme);
  const colours = new Map(legend.map(({ key, colour }) => [key, colour]));
  const { other, none } = neutral[theme];
  return {
    legend,
    colourOf: ({ category, trust }) => {
      const key = colouring === "proof" ? trust : category;
      return key === null ? none : (colours.get(key) ?? other);
    },
  };
}

function trustLegend(works: readonly GraphWork[], theme: Theme): LegendEntry[] {
  const entries = trusts
    .filter((trust) => works.some((work) => work.trust === trust))
    .map((trust) => ({
      key: trust,
      text: trustLabels[trust],
      colour: hues[theme][trustHues[trust] ?? -1] ?? neutral[theme].other,
    }));
  if (works.every(({ trust }) => trust !== null)) return entries;
  return [...entries, { key: "none", text: "Only cited", colour: neutral[theme].none }];
}

function categoryLegend(works: readonly GraphWork[], theme: Theme): LegendEntry[] {
  const counts = new Map<string, number>();
  for (const { category } of works) {
    if (category !== null) counts.set(category, (counts.get(category) ?? 0) + 1);
  }
  const categories = [...counts]
    .sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
    .map(([category]) => category);
  const { other, none } = neutral[theme];
  const entries: LegendEntry[] = hues[theme]
    .slice(0, categories.length)
    .map((colour, index) => ({ key: categories[index] ?? "", text: categories[index] ?? "", colour }));
  if (categories.length > entries.length) {
    const more = categories.length - entries.length;
    entries.push({ key: "other", text: more === 1 ? "One other" : `${more} others`, colour: other });
  }
  if (works.some(({ category }) => category === null)) {
    entries.push({ key: "none", text: "No category known", colour: none });
  }
  return entries;
}
