import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { nodeRadius } from "../../web/src/graph/geometry.ts";
import { createColourScheme, shapeLegend, shapeOfTrust } from "../../web/src/graph/palette.ts";
import { truncateLabel } from "../../web/src/graph/work-label.ts";
import { parseColour } from "../../web/src/graph-drawing/gl.ts";
import { generateGraph, neighbourhood, work } from "./neighbourhoods.ts";

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const tokens = readFileSync(new URL("../../web/src/theme/tokens.css", import.meta.url), "utf8");

describe.each(["light", "dark"] as const)("the colours of works in the %s theme", (theme) => {
  const rules = tokens.slice(tokens.indexOf(`[data-theme="${theme}"]`));
  const grounds = ["ground", "raised"].map(
    (name) => new RegExp(`--${name}: (#\\w{6})`).exec(rules)?.[1] ?? "",
  );
  const many = neighbourhood(
    Array.from({ length: 20 }, (_, index) =>
      work(`w${index}`, { category: index < 18 ? `c.${index % 9}` : null }),
    ),
  );

  it.each(["category", "proof"] as const)("by %s have a contrast of 3:1 with the background", (colouring) => {
    for (const graph of [many, generateGraph(8)]) {
      const { legend } = createColourScheme(graph, colouring, theme);
      expect(legend.length).toBeGreaterThan(0);
      for (const { colour } of legend) {
        for (const ground of grounds) expect(contrast(colour, ground)).toBeGreaterThanOrEqual(3);
      }
    }
  });

  it("differ from each other, and the legend has the colour of each work", () => {
    const { legend, colourOf } = createColourScheme(many, "category", theme);
    expect(new Set(legend.map(({ colour }) => colour)).size).toBe(legend.length);
    expect(legend.map(({ text }) => text).slice(-2)).toEqual(["2 others", "No category known"]);
    for (const each of many.works.values()) {
      expect(legend.map(({ colour }) => colour)).toContain(colourOf(each));
    }
  });
});

it("shapeOfTrust gives signed, demo, unsigned and only cited works different shapes", () => {
  expect(new Set((["signed", "demo", "hash", null] as const).map(shapeOfTrust)).size).toBe(4);
  expect(shapeLegend([work("a", { trust: "hash" }), work("b", { trust: "receipt" }), work("c")])).toEqual([
    { shape: "triangle", text: "Record receipt or Hash only" },
    { shape: "diamond", text: "Only cited" },
  ]);
});

it.each(["light", "dark"] as const)("the demo key is never shown in green in the %s theme", (theme) => {
  const { colourOf } = createColourScheme(neighbourhood([work("a", { trust: "demo" })]), "proof", theme);
  const [red, green, blue] = parseColour(colourOf({ category: null, trust: "demo" }));
  expect(Math.max(red, green, blue) - Math.min(red, green, blue)).toBeLessThan(0.1);
});

it("nodeRadius grows with citations, within bounds", () => {
  expect(nodeRadius(0, 0)).toBe(nodeRadius(0, 100));
  expect(nodeRadius(50, 100)).toBeGreaterThan(nodeRadius(10, 100));
  expect(nodeRadius(500, 100)).toBe(nodeRadius(100, 100));
  expect(nodeRadius(1, 1)).toBeLessThan(nodeRadius(100, 100) / 2);
});

it("truncateLabel returns one short line", () => {
  expect(truncateLabel("  A\n title\u202e \u0000here ")).toBe("A title here");
  expect([...truncateLabel("𝔸".repeat(10_000))]).toHaveLength(44);
  expect(truncateLabel("x".repeat(44))).toBe("x".repeat(44));
});
