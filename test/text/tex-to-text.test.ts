import fc from "fast-check";
import { expect, test } from "vitest";
import { readableText, texToText } from "../../src/text/index.ts";

/** TeX, and the text that it means. */
const readings: readonly (readonly [string, string])[] = [
  [String.raw`F\"arber F{\"a}rber F\"{a}rber {F\"arber}`, "Färber Färber Färber Färber"],
  [
    String.raw`P\'erez G{\'o}mez Apolin\'ario Gar\c{c}ia Fran\c cois`,
    "Pérez Gómez Apolinário Garçia François",
  ],
  [String.raw`Mart\'{\i}nez Mart{\'\i}nez Mart\'\i nez Mart\'inez`, "Martínez Martínez Martínez Martínez"],
  [
    String.raw`Dra\v{s}ki\'c Erd\H{o}s Erd\H os \k{a} \r{a} \r a \.z \=a \u{g} \d{h}`,
    "Draškić Erdős Erdős ą å å ż ā ğ ḥ",
  ],
  [
    String.raw`Preu{\ss} Stra\ss e Przemys{\l}aw \L\'od\'z \O rsted \AA ngstr\"om \ae{} {\oe}`,
    "Preuß Straße Przemysław Łódź Ørsted Ångström æ œ",
  ],
  [String.raw`F\"{ a}rber`, "Färber"],
  [
    String.raw`\h{a} \textcommabelow{s} \cb{t} \ring{u} \uhorn \G{a} Zel\cprime dovich O\textquotesingle Neill`,
    "ả ș ț ů ưȁ Zelʹdovich O'Neill",
  ],
  [String.raw`Nguy{\~{\^e}}n \'{\^e} \"{\"u}`, "Nguyễn ế ü̈"],
  [
    String.raw`{DNA} and {\it E. coli}, \emph{in vivo}, \textbf{bold {Nested}}`,
    "DNA and E. coli, in vivo, bold Nested",
  ],
  [
    String.raw`A\&B 100\% x\_1 \#5 super\-symmetry A.~Einstein e.g.\ this line\\break`,
    "A&B 100% x_1 #5 supersymmetry A. Einstein e.g. this line break",
  ],
  [
    "``quoted'' ``so\" pages 1--2 --- f''(x) \"plain\" ``open",
    "“quoted” “so” pages 1–2 — f''(x) \"plain\" ``open",
  ],
  [
    String.raw`H\textsubscript{2}O, \LaTeX, \ldots{} and \textquoteleft so\textquoteright`,
    "H2O, LaTeX, … and ‘so’",
  ],
  [String.raw`Costs \$5 and \$6`, "Costs $5 and $6"],
  [String.raw`Costs \$5 for $N$`, String.raw`Costs \$5 for $N$`],
  ["http://x.org/~user and ~10 GeV", "http://x.org/~user and ~10 GeV"],
  ["Schro\u0308dinger", "Schrödinger"],
  ["Multivariate\n  Timeseries\u00a0\u2028\t", "Multivariate Timeseries"],
];

/** @input I1, I3 */
test.each(readings)("reads %j as %j", (tex, text) => {
  expect(readableText(tex)).toBe(text);
});

test.each([
  String.raw`Normalization and coherence for $\infty$-type theories`,
  String.raw`hematite ($\alpha\text{-Fe}_2\text{O}_3$) and \(\v{c}--\"a\) and $$\emph{x}$$`,
  "lone } brace, lone $ sign, lone { brace, backslash \\",
  String.raw`\unknown{Command} {\unknown}word C:\new\alpha \'{\unknown} \~{}`,
])("leaves %j unchanged", (text) => {
  expect(readableText(text)).toBe(text);
});

const pieces =
  "\\ { } $ \\$ \\( \\) \\[ \\] ' \" ` ~ - ^ = . a e i é / & % 1 \\i \\o \\foo \\emph \\it \\v \\c \\t \\h \\cb \\textsc \\ldots \\- " +
  "\\, \\' \\\" \\~ \\^ \\_ {} \u0338 \u0301 \u1fef \u0001 \ud800";
const hostileTex = fc
  .array(fc.constantFrom(...pieces.split(" "), " ", "\n"), { maxLength: 16 })
  .map((chosen) => chosen.join(""));

test("is idempotent for any TeX", () => {
  expect(texToText('``\\"\\,')).toBe('``\\"\\,');
  expect(texToText("\\^{\\-}")).toBe("^");
  expect(texToText('{\\$\\"/\\$}')).toBe('$\\"/$');
  fc.assert(
    fc.property(hostileTex, (tex) => {
      expect(texToText(texToText(tex))).toBe(texToText(tex));
      expect(readableText(readableText(tex))).toBe(readableText(tex));
    }),
    { numRuns: 3000 },
  );
});

test("keeps balanced mathematics byte for byte in any surrounding text", () => {
  const text = fc.stringMatching(/^[a-z {}'"`~-]{0,8}$/);
  const mathematics = fc
    .stringMatching(/^[a-z\\{}'"~ -]{1,8}$/)
    .filter((content) => !content.endsWith("\\") && content.trim() !== "")
    .map((content) => `$${content}$`);
  fc.assert(
    fc.property(text, mathematics, text, mathematics, text, (a, first, b, second, c) => {
      const result = texToText(a + first + b + second + c);
      expect(result.indexOf(second, result.indexOf(first) + first.length)).toBeGreaterThan(0);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  "{",
  "}",
  "{a}",
  "$",
  "$$ ",
  "\\",
  "\\'",
  "\\'{",
  "\\foo{",
  "~",
  "/\\~{}",
  "``",
  "``a''",
  "\\(",
  "\\i ",
  "\\v",
])("reads 200,000 characters of %j idempotently", (unit) => {
  const text = unit.repeat(200_000 / unit.length);
  expect(readableText(readableText(text))).toBe(readableText(text));
});
