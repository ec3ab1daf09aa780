/*
 * Undoes what copying does to an identifier, before the identifier is parsed: HTML entities, percent-encoding,
 * typographic dashes and invisible characters in it, brackets and punctuation around it.
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
/** Of an address. A DOI of the older kind may end in `;2-#`, which is often left unescaped. */
const queryAndFragment = /(?<!;2-)[?#].*$/s;

/** The DOI in the query of an address: `…/article?id=10.1371/journal.pone.0001`. */
const doiParameter = /[?&](?:id|doi)=(10\.\d{4,9}(?:\/|%2f)[^\s&#]+)/i;

const dashes = /[\u2010-\u2015\u2043\u2212\ufe58]/g;
const slashes = /[\u2044\u2215\u29f8]/g;
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;
const noBreakSpaceInside = /(?<=\S)[\u00a0\u2007\u202f](?=[^\s[(])/g;
/** Contents of a command or a link: `\url{…}`, `arXiv{…}`, `\href{…}{text}`, `[text](…)`, `<a href="…">text</a>`. */
const enclosures: readonly RegExp[] = [
  /^\\(?:url|doi|path|nolinkurl|eprint|arxiv|href) ?\{([^{}]*)\}(?:\{.*\})?[\s.,;:)\]]*$/is,
  /^(?:doi|eprint|arxiv(?: preprint)?)\s*[:=]?\s*[{([]\s*([^{}()[\]]*)[})\]][\s.,;]*$/i,
  /^\[[^[\]]*\]\((\S*)\)[\s.,;]*$/,
  /^<a\s[^<>]*?href\s*=\s*["']([^"'<>]*)["'][^<>]*>.*<\/a>[\s.,;]*$/is,
];
/** Characters escaped as in TeX: `\_`, `{\_}`, `$\_$`, `\(` and `$<$`. */
const texEscape = /\{?\$?\\([_#%&()<>])\$?\}?|\$([<>])\$/g;
const texSign = /\{?\\text(less|greater|underscore)(?:\{\}| |(?![A-Za-z]))\}?/g;
const texSigns: Readonly<Record<string, string>> = { less: "<", greater: ">", underscore: "_" };
/** A non-breaking space between a label and a number: `arXiv:~2302.12192`. */
const texSpace = /(?<=[:\s])(?:~|\\[,; ])/g;

/** Matches a text of which nothing has to be undone. */
const isNormalized = /^[\w./:()<>;,-]*$/;

/** Undoes what copying does to identifiers: folds white space, drops invisible characters, makes dashes ASCII. */
export function normalizeName(text: string): string {
  if (isNormalized.test(text)) return text;
  let tidy = decodeEntities(enclosed(text.trim()));
  if (address.test(tidy)) tidy = doiParameter.exec(tidy)?.[1] ?? tidy.replace(queryAndFragment, "");
  // Text that was encoded twice is decoded twice.
  for (let before = ""; before !== tidy; ) {
    before = tidy;
    tidy = normalizeOnce(tidy);
  }
  return tidy;
}

function enclosed(text: string): string {
  for (const enclosure of enclosures) {
    const match = enclosure.exec(text);
    if (match !== null) return match[1] as string;
  }
  return text;
}

function normalizeOnce(text: string): string {
  return decodeEntities(decodePercents(text))
    .replace(texEscape, "$1$2")
    .replace(texSign, (_, name: string) => texSigns[name] ?? "")
    .replace(texSpace, "")
    .replace(invisible, "")
    .replace(noBreakSpaceInside, "")
    .normalize("NFKC")
    .replace(dashes, "-")
    .replace(slashes, "/")
    .replace(/\s+/g, " ")
    .trim();
}

/** What follows a name in prose. Beyond ASCII: all punctuation, and footnote marks. */
const trailing = /[\s.,;:!?'"`~*|\\([{<]|[^\x00-\x7f\ud800-\udfff](?<![\p{L}\p{M}\p{N}])/u;

const closing: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{", ">": "<" };

/** Drops everything before the first letter or digit: brackets, quotation marks, bullets. */
export function dropLeadingPunctuation(text: string): string {
  return text.replace(/^[^\p{L}\p{N}]+/u, "");
}

/**
 * Drops the punctuation at the end that belongs to the surrounding sentence. A closing bracket stays if it closes an
 * open one; a slash always stays.
 */
export function dropTrailingPunctuation(text: string): string {
  let end = text.length;
  while (end > 0) {
    const last = text[end - 1] as string;
    const open = closing[last];
    if (open === undefined ? !trailing.test(last) : isBalanced(text, end, open, last)) break;
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
