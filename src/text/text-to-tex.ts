import { accents, letterCommands } from "./tex-commands.ts";
import { findRegions } from "./tex-regions.ts";

const escapes: ReadonlyMap<string, string> = new Map([
  ["\\", "{\\textbackslash}"],
  // Not \{ and \}: BibTeX counts those as braces too, and an unmatched one would end the field elsewhere.
  ["{", "{\\textbraceleft}"],
  ["}", "{\\textbraceright}"],
  ["$", "\\$"],
  ["&", "\\&"],
  ["#", "\\#"],
  ["%", "\\%"],
  ["_", "\\_"],
  ["~", "{\\textasciitilde}"],
  ["^", "{\\textasciicircum}"],
  // TeX's default font encoding has other characters at these positions.
  ["<", "{\\textless}"],
  [">", "{\\textgreater}"],
  ["|", "{\\textbar}"],
  ["“", "``"],
  ["”", "''"],
  ["‘", "`"],
  ["’", "'"],
  ["–", "--"],
  ["—", "---"],
  ["…", "{\\ldots}"],
  ["\u00a0", "~"],
  // Letters with a ring are written as accents: more readers know \\r than \\aa.
  ...Array.from(letterCommands, ([name, letter]) => [letter, `{\\${name}}`] as const).filter(
    ([letter]) => !/å/i.test(letter),
  ),
]);

const accentNames: ReadonlyMap<string, string> = new Map(
  Array.from(accents, ([name, mark]) => [mark, name] as const),
);

/**
 * Converts Unicode text to TeX for a BibTeX field: accented letters as `{\"a}`, characters that TeX would obey escaped,
 * mathematics preserved if it is balanced and has only commands of mathematics. Letters without a TeX command (Greek,
 * CJK) stay unchanged. Braces of the result are balanced. `texToText` reads it back.
 *
 * @example textToTex("Färber: 100% of $\\infty$-types") // "F{\\\"a}rber: 100\\% of $\\infty$-types"
 */
export function textToTex(text: string): string {
  let result = "";
  let from = 0;
  for (const { start, end } of findRegions(text).mathematics) {
    const mathematics = text.slice(start, end);
    if (!isSafeMathematics(mathematics)) continue;
    result += escaped(text.slice(from, start)) + withSwitchesInGroups(mathematics);
    from = end;
  }
  return result + escaped(text.slice(from));
}

const fontSwitch = /\\(?:rm|bf|it|sf|tt)(?![A-Za-z])/;

/**
 * Mathematics with a font switch and the text after it in a group of its own, which means the same: citation-js cannot
 * read scripts after a switch outside groups, and then rejects the complete file.
 */
function withSwitchesInGroups(mathematics: string): string {
  const first = fontSwitch.exec(mathematics);
  if (first === null || !/[_^]/.test(mathematics.slice(first.index))) return mathematics;
  const before = mathematics.slice(0, first.index);
  const isInGroup =
    before.replaceAll("\\{", "").split("{").length > before.replaceAll("\\}", "").split("}").length;
  if (isInGroup) return mathematics;
  const width = mathematics.startsWith("$") && !mathematics.startsWith("$$") ? 1 : 2;
  return `${before}{${mathematics.slice(first.index, -width)}}${mathematics.slice(-width)}`;
}

const special = /[\\{}$&#%_~^<>|]|[\u0080-\u024f\u1e00-\u1eff\u2010-\u2026]/gu;

function escaped(text: string): string {
  return text
    .normalize("NFC")
    .replace(special, (character) => escapes.get(character) ?? accentTex(character));
}

/** A letter with one accent that has a TeX command; any other character unchanged. */
function accentTex(character: string): string {
  const [base = "", mark = "", ...more] = character.normalize("NFD");
  const name = accentNames.get(mark);
  if (name === undefined || more.length > 0 || !/^[A-Za-z]$/.test(base)) return character;
  return /[a-z]/i.test(name) ? `{\\${name}{${base}}}` : `{\\${name}${base}}`;
}

/**
 * Commands of LaTeX and amsmath that only typeset mathematics. All others in a foreign text (`\input`, `\def`, an
 * author's own macros) must not reach a reader's LaTeX as commands.
 */
const commands: ReadonlySet<string> = new Set(
  `alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu xi pi varpi rho
  varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
  aleph beth gimel hbar hslash ell wp Re Im partial infty nabla emptyset varnothing prime backprime angle triangle
  forall exists nexists neg lnot top bot flat natural sharp imath jmath complement eth mho
  sum prod coprod int oint iint iiint bigcap bigcup bigsqcup bigvee bigwedge bigodot bigotimes bigoplus biguplus
  pm mp times div cdot ast star dagger ddagger dag ddag amalg cap cup uplus sqcap sqcup vee lor wedge land setminus
  smallsetminus wr circ bullet diamond oplus ominus otimes oslash odot bigcirc ltimes rtimes boxtimes boxplus
  lhd rhd unlhd unrhd bowtie Join
  leq le geq ge ll gg neq ne equiv sim simeq approx approxeq cong propto asymp doteq prec succ preceq succeq
  subset supset subseteq supseteq nsubseteq subsetneq supsetneq sqsubset sqsupset sqsubseteq sqsupseteq in ni notin
  vdash dashv models mid nmid parallel nparallel perp smile frown lesssim gtrsim lessgtr leqslant geqslant not
  leftarrow gets rightarrow to leftrightarrow Leftarrow Rightarrow Leftrightarrow mapsto hookleftarrow hookrightarrow
  longleftarrow longrightarrow longleftrightarrow Longrightarrow Longleftrightarrow longmapsto uparrow downarrow
  updownarrow Uparrow Downarrow nearrow searrow swarrow nwarrow rightleftharpoons rightharpoonup leftharpoonup leadsto
  rightsquigarrow implies iff twoheadrightarrow upharpoonright restriction
  hat widehat check tilde widetilde acute grave dot ddot dddot breve bar vec mathring overline underline overbrace
  underbrace overrightarrow overleftarrow overset underset stackrel sqrt frac dfrac tfrac binom dbinom tbinom over
  choose atop
  mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak mathscr mathnormal boldsymbol bm operatorname text textrm
  textbf textit textsf textup mbox rm bf it sf tt cal frak Bbb mit displaystyle textstyle scriptstyle scriptscriptstyle
  left right big Big bigg Bigg bigl bigr Bigl Bigr lbrace rbrace lbrack rbrack langle rangle lfloor rfloor lceil rceil
  lvert rvert lVert rVert vert Vert backslash limits nolimits
  arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf injlim ker lg lim liminf limsup ln log max
  min mod bmod pmod Pr projlim sec sin sinh sup tan tanh
  ldots cdots vdots ddots dots dotsc dotsb quad qquad colon lbrace rbrace prime square Box blacksquare Diamond
  checkmark degree`
    .split(/\s+/)
    .filter((name) => name !== ""),
);

/**
 * Whether mathematics with its delimiters can be given to LaTeX unchanged: only commands of mathematics, balanced
 * braces, no comment and no other notation of a backslash; and not two amounts of money.
 */
function isSafeMathematics(mathematics: string): boolean {
  const width = mathematics.startsWith("$") && !mathematics.startsWith("$$") ? 1 : 2;
  const content = mathematics.slice(width, -width);
  // Counts braces as TeX does, and as BibTeX does, for which \{ is one too.
  let depth = 0;
  let bibtexDepth = 0;
  for (const { 0: token, 1: name } of content.matchAll(/\\([A-Za-z]+)|\\[\s\S]|[{}%#&$]|\^\^|\p{Cc}/gu)) {
    if (/^\\?\{$/.test(token)) bibtexDepth++;
    else if (/^\\?\}$/.test(token)) bibtexDepth--;
    else if (name === undefined ? !/^\\[,:;! |]$/.test(token) : !commands.has(name)) return false;
    if (token === "{") depth++;
    if (token === "}") depth--;
    if (depth < 0 || bibtexDepth < 0) return false;
  }
  return depth === 0 && bibtexDepth === 0 && content.trim() !== "" && !looksLikeProse(content);
}

/** `5 and ` of `$5 and $10`: words, and nothing specific to mathematics. */
function looksLikeProse(content: string): boolean {
  return /\p{L}{2,}/u.test(content) && /\s/.test(content) && !/[\\^_{}=<>+(]/.test(content);
}
