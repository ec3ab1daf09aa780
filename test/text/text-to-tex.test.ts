import { Cite, plugins } from "@citation-js/core";
import "@citation-js/plugin-bibtex";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readableText, textToTex } from "../../src/text/index.ts";

/** Text, and its TeX. */
const spellings: readonly (readonly [string, string])[] = [
  ["Färber, Pérez, Gómez", String.raw`F{\"a}rber, P{\'e}rez, G{\'o}mez`],
  ["Martínez Å ångström", String.raw`Mart{\'i}nez {\r{A}} {\r{a}}ngstr{\"o}m`],
  ["Erdős Dvořák Łódź Şt ą", String.raw`Erd{\H{o}}s Dvo{\v{r}}{\'a}k {\L}{\'o}d{\'z} {\c{S}}t {\k{a}}`],
  ["Preuß Ørsted Æ œuvre ı", String.raw`Preu{\ss} {\O}rsted {\AE} {\oe}uvre {\i}`],
  ["100% A&B x_1 #5 ~ ^", String.raw`100\% A\&B x\_1 \#5 {\textasciitilde} {\textasciicircum}`],
  ["“quoted” 1–2 — ‘so’ …", "``quoted'' 1--2 --- `so' {\\ldots}"],
  ["Ελλάδα Иван 王小明 Nguyễn", "Ελλάδα Иван 王小明 Nguyễn"],
  [String.raw`$\infty$ and \(x_1\) and $\{a\}$`, String.raw`$\infty$ and \(x_1\) and $\{a\}$`],
  ["costs $5 and $10", String.raw`costs \$5 and \$10`],
];

/** @input I3, I11 */
test.each(spellings)("writes %j as %j, which is read back as the text", (text, tex) => {
  expect(textToTex(text)).toBe(tex);
  // Quotes and these characters are not read back as the same.
  if (!/[~^$‘]/.test(text)) expect(readableText(tex)).toBe(text);
});

/** @input I11 */
test.each([
  String.raw`$\input{x}$`,
  String.raw`$\def\a{b}$`,
  "$a%b$",
  "$a#1$",
  "$a^^5cinput$",
  "$a}b{$",
  "$a{b$",
  String.raw`$\{a$`,
  String.raw`$\begin{x}$`,
  String.raw`$\text{\write18{x}}$`,
  String.raw`\(\href{x}{y}\)`,
  "$ $",
])("escapes %j, which is not safe mathematics", (text) => {
  const tex = textToTex(text);
  expect(tex).not.toMatch(/(?<!\\)\$|\\\(|\\(?:input|def|begin|write|href|text(?![a-z]))/);
  expect(tex).not.toContain("^^");
  expect(tex).not.toMatch(/(?<!\\)[%#]/);
});

/** @input I11 */
test.each([
  ["AdS$\\bf_5$", "AdS\u0024{\\bf_5}$"],
  ["$\\bf W_\\infty$ gravity", "\u0024{\\bf W_\\infty}$ gravity"],
  ["$a \\rm SU(2)_L \\times U(1)$", "$a {\\rm SU(2)_L \\times U(1)}$"],
  ["$x_{\\rm max}$ and \u0024{\\bf W}_\\infty$", "$x_{\\rm max}$ and \u0024{\\bf W}_\\infty$"],
])("writes mathematics with a font switch, %j, as citation-js can read it", (text, tex) => {
  expect(textToTex(text)).toBe(tex);
  const entry = `@misc{a,\n  title = {{${tex}}},\n}`;
  expect(new Cite(entry, { forceType: "@bibtex/text" }).data).toHaveLength(1);
});

test("closes every brace for any text", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(..."\\{}$%#&~^_'\"`ai é日\n(", "\\alpha", "\\(", "\\)"), { maxLength: 16 }),
      (parts) => {
        let depth = 0;
        for (const character of textToTex(parts.join(""))) {
          if (character === "{") depth++;
          if (character === "}") depth--;
          expect(depth).toBeGreaterThanOrEqual(0);
        }
        expect(depth).toBe(0);
      },
    ),
    { numRuns: 2000 },
  );
});

/** Titles of real papers. */
const titles = [
  "Predicting Companies' ESG Ratings from News Articles Using Multivariate Timeseries Analysis",
  'Comment on ``New pseudoclassical model for Weyl particles"',
  "Interacci\\'on `Oscilador' de Part\\'{\\i}culas Relativistas",
  'Schr\\"odinger functional & the M\\"obius group: 50\\% of {SU}(2)_1 -- a review',
  "On Poincar\\'e's \\v{C}ech cohomology, S\\~ao Paulo and Gda\\'nsk <a> |b| ~ c^2",
];

test("writes titles that citation-js reads back unchanged", () => {
  plugins.config.get("@bibtex").parse.sentenceCase = "never";
  const readable = titles.map(readableText);
  const file = readable
    .map((title, index) => `@misc{k${index},\n  title = {{${textToTex(title)}}},\n}\n`)
    .join("\n");
  const items = new Cite(file, { forceType: "@bibtex/text" }).data as { title: string }[];
  expect(items.map(({ title }) => title.replaceAll("\u00a0", " "))).toEqual(readable);
});
