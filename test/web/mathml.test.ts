import { expect, test } from "vitest";
import { type MathNode, toMathMl } from "../../web/src/text/mathml.ts";

function* nodesOf(node: MathNode | null): Generator<Exclude<MathNode, string>> {
  if (node === null || typeof node === "string") return;
  yield node;
  for (const child of node.children) yield* nodesOf(child);
}

function textOf(node: MathNode): string {
  if (typeof node === "string") return node;
  return node.tag === "annotation" ? "" : node.children.map(textOf).join("");
}

test("toMathMl renders formulas as MathML", () => {
  const math = toMathMl("\\frac{a}{b} < x^2 \\text{ where } y & z".replace(" & z", " > z"));
  expect(math).toMatchObject({ tag: "math", attributes: { xmlns: "http://www.w3.org/1998/Math/MathML" } });
  const tags = new Set([...nodesOf(math)].map(({ tag }) => tag));
  for (const tag of ["semantics", "mfrac", "msup", "mtext", "annotation"]) expect(tags).toContain(tag);
  expect(textOf(math ?? "").replace(/\s/gu, "")).toBe("ab<x2wherey>z");
});

test.each([
  "\\href{javascript:alert(1)}{x}",
  "\\url{javascript:alert(1)}",
  "\\includegraphics{http://example.invalid/x.png}",
  "\\htmlStyle{position:fixed}{y}",
  "\\htmlClass{top}{y}",
  "\\htmlData{x=y}{z}",
  "\\htmlId{content}{y}",
  "\\def\\a{\\a\\a}\\a",
  "\\unknown",
  "}{",
])("toMathMl returns null for %s", (latex) => {
  expect(toMathMl(latex)).toBeNull();
});

test("toMathMl drops KaTeX's styles and colours", () => {
  for (const latex of [
    "\\fcolorbox{red}{blue}{z}",
    "\\color{red} x",
    "\\boxed{x}",
    "\\rule{9em}{9em}",
    "\\tag{1} x",
  ]) {
    for (const { attributes } of nodesOf(toMathMl(latex))) {
      expect(Object.keys(attributes)).not.toEqual(expect.arrayContaining(["style"]));
      expect(Object.keys(attributes).filter((name) => /^on|href|class|id$|src/.test(name))).toEqual([]);
    }
  }
});
