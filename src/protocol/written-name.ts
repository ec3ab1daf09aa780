/*
 * What copying does to an identifier: entities of HTML, percent-encoding, typographic dashes and invisible characters
 * in it, brackets and punctuation around it. Here they are undone before the identifier itself is read.
 */

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  shy: "",
  hyphen: "-",
  ndash: "-",
  mdash: "-",
  minus: "-",
  sol: "/",
  lpar: "(",
  rpar: ")",
};

const entity = /&(?:([a-z]{2,6})|#(\d{1,7})|#x([0-9a-f]{1,6}));/gi;

function decodeEntities(text: string): string {
  return text.replace(entity, (written, name?: string, decimal?: string, hex?: string) => {
    if (name !== undefined) return entities[name.toLowerCase()] ?? written;
    const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
    const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    return isCharacter ? String.fromCodePoint(code) : written;
  });
}

function decodePercents(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (written) => {
    try {
      return decodeURIComponent(written);
    } catch {
      return written;
    }
  });
}

/** `https://…`, `//…`, or a known host without its scheme, also behind a label. */
const address =
  /^[^\p{L}\p{N}]*(?:(?:doi|url|link)[:= ]*)?(?:https?:)?(?:\/\/|(?:[\w-]+\.)*(?:doi|arxiv)[.-]org[\w.-]*\/)/iu;
/** Of an address. A DOI of the older kind may end in `;2-#`, which people leave as it is. */
const queryAndFragment = /(?<!;2-)[?#].*$/s;

const dashes = /[\u2010-\u2015\u2043\u2212\ufe58]/g;
const slashes = /[\u2044\u2215\u29f8]/g;
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;
const noBreakSpaceInside = /(?<=\S)[\u00a0\u2007\u202f](?=[^\s[(])/g;
/** `\url{…}`, `\doi{…}`, and underscores and the like as TeX writes them. */
const texCommand = /^\\(?:url|doi|path|nolinkurl) ?\{([^{}]*)\}/;
const texEscape = /\{?\\([_#%&])\}?/g;

/** Of a text with none of these characters nothing has to be undone. */
const hasNothingToUndo = /^[\w./:()<>;,[\]-]*$/;

/** The text without what copying does to identifiers: white space folded, invisible characters gone, ASCII dashes. */
export function tidyName(text: string): string {
  if (hasNothingToUndo.test(text)) return text;
  let tidy = decodeEntities(text.trim().replace(texCommand, "$1"));
  if (address.test(tidy)) tidy = tidy.replace(queryAndFragment, "");
  // What was encoded twice is decoded twice.
  for (let before = ""; before !== tidy; ) {
    before = tidy;
    tidy = undoOnce(tidy);
  }
  return tidy;
}

function undoOnce(text: string): string {
  return decodeEntities(decodePercents(text))
    .replace(texEscape, "$1")
    .replace(invisible, "")
    .replace(noBreakSpaceInside, "")
    .normalize("NFKC")
    .replace(dashes, "-")
    .replace(slashes, "/")
    .replace(/\s+/g, " ")
    .trim();
}

const closing: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{", ">": "<" };

/** Without what stands before the first letter or digit: brackets, quotation marks, bullets. */
export function withoutLead(text: string): string {
  return text.replace(/^[^\p{L}\p{N}]+/u, "");
}

/**
 * Without the punctuation at the end that belongs to the sentence around it. A closing bracket stays where it closes
 * one that is open; a slash always stays.
 */
export function withoutTrail(text: string): string {
  let end = text.length;
  while (end > 0) {
    const last = text[end - 1] as string;
    const open = closing[last];
    if (open === undefined ? !/[\s.,;:!?'"`´‘’“”«»·•*|\\([{<]/.test(last) : isBalanced(text, end, open, last))
      break;
    end--;
  }
  return text.slice(0, end);
}

function isBalanced(text: string, end: number, open: string, close: string): boolean {
  let depth = 0;
  for (let at = 0; at < end; at++) {
    if (text[at] === open) depth++;
    else if (text[at] === close) depth--;
  }
  return depth >= 0;
}
