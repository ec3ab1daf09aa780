import { proofWords } from "../proof/words.ts";
import type { Colouring } from "./graph-place.ts";
import type { GraphWork, Neighbourhood, Proof } from "./neighbourhood.ts";

export type Theme = "light" | "dark";
export type Shape = "circle" | "square" | "triangle" | "diamond";

/** What of a work its colour tells: a category, `other`, or `none` where it is not known; or a proof. */
export type ColourKey = string;
export type LegendEntry = { readonly key: ColourKey; readonly text: string; readonly colour: string };

/**
 * Okabe and Ito's colours, which people of any colour vision tell apart, so much darker or lighter that each has a
 * contrast of 3 : 1 with its theme's ground (WCAG 2.2, 1.4.11).
 */
const hues: Readonly<Record<Theme, readonly string[]>> = {
  light: ["#0072b2", "#c25700", "#00805f", "#b4578f", "#8a6d00", "#3f88b5", "#6b4fa0"],
  dark: ["#56b4e9", "#e8a33d", "#2fc79a", "#dd8fbd", "#f0e442", "#8fb8ff", "#c3a6f2"],
};

const neutral: Readonly<Record<Theme, { readonly other: string; readonly none: string }>> = {
  light: { other: "#5c5850", none: "#8a857b" },
  dark: { other: "#c9c6bf", none: "#858b8f" },
};

const proofHues: Readonly<Record<Proof, number>> = { SIGNED: 2, RECEIPT: 0, HASH: 1 };

/** The shape tells the proof, whatever the colours tell: nothing hangs on seeing colours. */
export function shapeOf(proof: Proof | null): Shape {
  if (proof === null) return "diamond";
  return ({ SIGNED: "circle", RECEIPT: "square", HASH: "triangle" } as const)[proof];
}

/** Which colour each work has, and what the colours mean. */
export type Colours = {
  readonly of: (work: Pick<GraphWork, "category" | "proof">) => string;
  readonly legend: readonly LegendEntry[];
};

export function coloursFor(neighbourhood: Neighbourhood, colouring: Colouring, theme: Theme): Colours {
  const works = [...neighbourhood.works.values()];
  const legend = colouring === "proof" ? proofLegend(works, theme) : categoryLegend(works, theme);
  const colours = new Map(legend.map(({ key, colour }) => [key, colour]));
  const { other, none } = neutral[theme];
  return {
    legend,
    of: ({ category, proof }) => {
      const key = colouring === "proof" ? proof : category;
      return key === null ? none : (colours.get(key) ?? other);
    },
  };
}

function proofLegend(works: readonly GraphWork[], theme: Theme): LegendEntry[] {
  const entries = (["SIGNED", "RECEIPT", "HASH"] as const)
    .filter((proof) => works.some((work) => work.proof === proof))
    .map((proof) => ({
      key: proof,
      text: proofWords[proof].name,
      colour: hues[theme][proofHues[proof]] ?? "",
    }));
  if (works.every(({ proof }) => proof !== null)) return entries;
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
