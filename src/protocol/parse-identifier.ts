/**
 * The identifiers of works: arXiv ids, DOIs and work ids, each in one canonical spelling. Input from references and
 * people is parsed leniently; the result is stored and compared. Text without the form of an identifier (`N/A`,
 * `unknown`, `10.`) is not one.
 */

/** Maximum length of an identifier: a longer one would not fit an index. */
const maxLength = 200;
/** Maximum length as written, with address, percent-encoding and stamp. */
const maxWrittenLength = 600;

export type ArxivId = { readonly id: string; readonly version: number | null };

/** A parsed name: an arXiv id (also from arXiv's own DOI for it), or any other DOI. */
export type WorkName =
  | ({ readonly kind: "arxiv" } & ArxivId)
  | { readonly kind: "doi"; readonly doi: string };

/** The archives of arXiv's ids before April 2007: every such id begins with one. */
const archives = (
  "acc-phys adap-org alg-geom ao-sci astro-ph atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas cond-mat cs dg-ga " +
  "funct-an gr-qc hep-ex hep-lat hep-ph hep-th math-ph math mtrl-th nlin nucl-ex nucl-th patt-sol physics plasm-ph " +
  "q-alg q-bio quant-ph solv-int supr-con"
).split(" ");

// Most names are written in their stored form. These forms are recognised without any rewriting.
const plainArxivId = new RegExp(
  `^(?:\\d\\d(?!00)\\d{2}\\.\\d{4,5}|(?:${archives.join("|")})/\\d\\d(?!00)\\d{5})$`,
);
const plainVersion = /^(\d{4}\.\d{4,5}|[a-z-]+\/\d{7})v([1-9]\d{0,3})$/;
const plainDoi = /^10\.\d{4,9}\/[a-z0-9](?:[a-z0-9._/-]*[a-z0-9/])?$/;

/**
 * Parses any name of a work: an arXiv id or a DOI, bare, with its label, as an address of arXiv or of a resolver, or as
 * the stamp on a PDF. Null if the text has neither form.
 */
export function parseWorkName(text: string): WorkName | null {
  // A DOI in its stored form is not an arXiv id in any spelling.
  const isPlainDoi = text.startsWith("10.") && plainDoi.test(text);
  const arxiv = isPlainDoi ? null : parseArxivId(text);
  if (arxiv !== null) return { kind: "arxiv", id: arxiv.id, version: arxiv.version };
  const doi = parseDoi(text);
  if (doi === null) return null;
  const ofDoi = arxivOfDoi(doi);
  return ofDoi === null ? { kind: "doi", doi } : { kind: "arxiv", id: ofDoi.id, version: ofDoi.version };
}

const arxivAddress =
  /^(?:https?:)?(?:\/\/)?(?:(?:[\w-]+\.)*(?:arxiv|ar5iv|alphaxiv)\.org|xxx\.lanl\.gov)(?::\d+)?\/+(?:(?:abs|pdf|html|ps|format|e-print|src|dvi|overview)\/+|ftp\/[a-z-]+\/papers\/\d{4}\/(?=\d{4}\.))?/i;
/** Pages of other sites, which have the id after `arxiv` or `papers` in their addresses. */
const otherPage =
  /^https?:\/\/[^\s/]+\/(?:[^\s/]+\/)*?(?:arxiv[/:]|papers?\/)(?=\d{4}\.\d|[a-z-]+(?:\.[a-z-]+)?\/\d{7})/i;
/** `arXiv.org/ftp/hep-th/papers/9711/9711200.pdf`, `corr/abs-2302-12192` of DBLP and `2023arXiv230212192K` of ADS. */
const spelledIds: readonly (readonly [RegExp, string])[] = [
  [/^(?:https?:\/\/)?(?:[\w-]+\.)*arxiv\.org\/ftp\/([a-z-]+)\/papers\/\d{4}\/(?=\d{7})/i, "$1/"],
  [/^(?:https?:\/\/dblp\.org\/rec\/)?(?:journals\/)?corr\/abs-(\d{4})-(\d{4,5})(?:\.html)?$/i, "$1.$2"],
  [/^(?:https?:\/\/ui\.adsabs\.harvard\.edu\/abs\/)?20\d\darXiv(\d{4})(\d{5})[A-Z](?:\/\w*)?$/, "$1.$2"],
];
/** `Preprint at https://…`, `Available: https://…`, `In: arXiv:…`: words before a clear address or label. */
const leadIn =
  /^(?:\[?online\]?|available|preprint|pre-print|retrieved|url|link|in|p)(?: (?:online|at|from|as|in))?[\s.:,\]]+(?:available(?: at)?[\s.:,]+)?(?=https?:|arxiv\b|(?:dx\.)?doi\b|10\.\d{4})/i;
/** `arXiv:`, `arXiv preprint arXiv:`, `CoRR abs/`, `oai:arXiv.org:`, `eprint = …` */
const arxivLabel =
  /^(?:(?:arxiv\.org|arxiv papers?|arxiv|oai|pre-?prints?|e-?prints?|corr|abs|ids?|identifier|no|number)(?:[ :;=/.,_#-]+|(?=\d{4}\.\d)))+/i;
const version = String.raw`(?:,? ?\(?(?:v|version |ver\. ?)([1-9]\d{0,3})\)?)?(?![\p{L}\p{N}])`;
const modernId = new RegExp(
  String.raw`^(?:[a-z-]+(?:\.[a-z-]+)?\/)?(\d{2}(?!00)\d{2}\.\d{4,5})${version}`,
  "iu",
);
/** `hep-th/9711200`, `hepth/9711200`; of `math.AG/0102003` and `math-AG/0102003` the class is not part of the id. */
const oldId = new RegExp(
  `^(${archives.join("|").replaceAll("-", "[-_]?")})(?:[.-][a-z]+(?:-[a-z]+)*)?(?: ?[/:_#] ?|[ -])?` +
    String.raw`(\d\d(?!00)\d{5})${version}`,
  "iu",
);
const accessed = String.raw`(?:last )?(?:accessed|retrieved|visited)\b[^[\]()]*`;
/** What may follow an id: file types, query, fragment, slashes; categories and dates as on the stamp of a PDF. */
const arxivTail = new RegExp(
  String.raw`^(?:\.(?:pdf|ps|html?|gz|tex|tar)|\/)*(?:[?#]\S*)?` +
    String.raw`(?: ?(?:\[[^[\]]*\]|\([^()]*\)|[,;]|\.(?= )|\d{1,2} [a-z]{3,9}\.? \d{4}|[a-z]{3,9}\.? \d{1,2},? \d{4}|` +
    String.raw`\d{4}-\d\d-\d\d|\d{4}|${accessed}))*$`,
  "i",
);

/** Parses an arXiv id in any common spelling. Null for any other text. */
export function parseArxivId(text: string): ArxivId | null {
  if (plainArxivId.test(text)) return { id: text, version: null };
  const [, unversioned, plainNumber] = plainVersion.exec(text) ?? [];
  if (unversioned !== undefined && plainArxivId.test(unversioned)) {
    return { id: unversioned, version: Number(plainNumber) };
  }
  // Every arXiv id has four digits in a row, and most other texts do not.
  if (text.length > maxWrittenLength || !/\p{N}{4}/u.test(text)) return null;
  const bare = withoutLabels(
    spelledOut(dropTrailingPunctuation(dropLeadingPunctuation(normalizeName(text)))),
  );
  const modern = modernId.exec(bare);
  const old = modern === null ? oldId.exec(bare) : null;
  const match = modern ?? old;
  if (match === null || !arxivTail.test(bare.slice(match[0].length))) return null;
  if (modern !== null) return { id: modern[1] as string, version: versionOf(modern[2]) };
  const [, archive = "", number, digits] = match;
  return { id: `${archiveNamed(archive)}/${number}`, version: versionOf(digits) };
}

/** `hep-th` from `hepth` and `HEP_TH`. */
function archiveNamed(written: string): string {
  const letters = written.replace(/[-_]/g, "").toLowerCase();
  return archives.find((archive) => archive.replace("-", "") === letters) ?? letters;
}

function spelledOut(text: string): string {
  const found = spelledIds.find(([shape]) => shape.test(text));
  return found === undefined ? text : text.replace(...found);
}

/** Labels and addresses may precede each other: `arXiv:https://arxiv.org/abs/arXiv:…`. */
function withoutLabels(text: string): string {
  const bare = text
    .replace(leadIn, "")
    .replace(arxivAddress, "")
    .replace(otherPage, "")
    .replace(arxivLabel, "");
  if (bare === text) return text;
  // A line of a PDF may end within a number.
  return withoutLabels(bare.replace(/^(\d{4}\.) (?=\d{4,5}(?!\d))/, "$1"));
}

function versionOf(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits);
}

/** The identity of an arXiv id as written: without its version. Null if the text does not have the form of one. */
export function arxivIdentity(text: string): string | null {
  return parseArxivId(text)?.id ?? null;
}

/**
 * The year of an arXiv id, from the id itself: 2022 for `2204.05862`, 1997 for `hep-th/9711200`. Null if its digits are
 * no month in which arXiv assigned such ids.
 *
 * @param id - as returned by `parseArxivId`.
 */
export function yearOfArxivId(id: string): number | null {
  const start = id.indexOf("/") + 1;
  const month = Number(id.slice(start + 2, start + 4));
  if (month < 1 || month > 12) return null;
  const year = Number(id.slice(start, start + 2));
  // Old ids were assigned from 1991 to March 2007, new ones from April 2007 on.
  if (start > 0) return year >= 91 ? 1900 + year : year <= 7 ? 2000 + year : null;
  return year > 7 || (year === 7 && month >= 4) ? 2000 + year : null;
}

const doiLabel =
  /^(?:(?:urn|info):)?(?:doi(?! ?[.-] ?org)|digital object identifier|arxiv[: ]+(?=10\.))(?: (?:number|name|no\.?))?[ :=/.#_-]*/i;
/** Also with the spaces that line breaks in a PDF leave. */
const resolver = /^(?:https?:?)? ?(?:\/\/)? ?(?:[\w-]+\.)*doi ?[.-] ?org[\w.-]*(?::\d+)? ?\/+ ?/i;
/** A publisher's page with the DOI in its address, and what such pages append to it. */
const publisherPage = /^https?:\/\/[^\s/]+\/(?:[^\s/]+\/)*?(?=10\.\d{4,9}\/)/i;
const pageOfDoi = /\/(?:full|abstract|abs|pdf|epdf|fulltext|html|meta|summary)(?:\/html)?$|\.pdf$/i;
/** With brackets, a year or other identifiers after it. */
const doiShape = new RegExp(
  String.raw`^(10\.\d{4,9}(?:\.\d+)*) ?\/ ?(\S+)` +
    String.raw`(?: (?:\[[^[\]]*\]|\([^()]*\)|\d{4}|pm(?:id|cid|c)\S*(?: \w*\d+)?|arxiv:\S*|${accessed})[.,;]?)*$`,
  "i",
);

/**
 * Parses a DOI in any common spelling, to lower case, as DOIs are compared. Punctuation after it is dropped, a closing
 * bracket only if it closes nothing; a final `/` stays. Null for any other text.
 */
export function parseDoi(text: string): string | null {
  if (plainDoi.test(text) && text.length <= maxLength) return text;
  if (text.length > maxWrittenLength || !/\p{N}{4}/u.test(text)) return null;
  let bare = dropTrailingPunctuation(dropLeadingPunctuation(normalizeName(text)));
  bare = bare.replace(leadIn, "").replace(doiLabel, "").replace(resolver, "").replace(doiLabel, "");
  const page = publisherPage.exec(bare);
  if (page !== null) bare = bare.slice(page[0].length).replace(pageOfDoi, "");
  const match = doiShape.exec(bare);
  if (match === null) return null;
  const suffix = dropTrailingPunctuation((match[2] as string).replace(/\[arxiv:[^[\]]*\]$/i, ""));
  const doi = `${match[1]}/${suffix}`.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  return doi.length <= maxLength && /[\p{L}\p{N}]/u.test(suffix) && !/\p{Cc}/u.test(doi) ? doi : null;
}

const arxivDoi = /^10\.48550\/arxiv[.:](.+)$/;

function arxivOfDoi(doi: string): ArxivId | null {
  const match = arxivDoi.exec(doi);
  return match === null ? null : parseArxivId(match[1] as string);
}

/** The arXiv id for which arXiv itself registered this DOI (as returned by `parseDoi`); null for other DOIs. */
export function arxivIdOfDoi(doi: string): string | null {
  return arxivOfDoi(doi)?.id ?? null;
}

const uuid = /^(?:urn:uuid:)?\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i;
const plainUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What registries write if they know no id. */
const placeholder =
  /^[^\p{L}\p{N}]*(?:n\.?[/\\]?a\.?|none|null|nil|nan|no|not[-_]?(?:known|available|found|applicable)|missing|undefined|unspecified|unavailable|unassigned|unknown|unpublished|pending|forthcoming|in-?press|tb[adc]|empty|blank|true|false|x{2,}|arxiv|doi|10\.?|id|work[_-]?id|[0-]+|(?<=^-)1|)[^\p{L}\p{N}]*$/iu;

/**
 * Parses a work id. The registry's are UUIDs, returned in lower case; another short text counts as it is written.
 * Placeholders, such as `none` or a UUID of zeros, are not ids.
 */
export function parseWorkId(text: string): string | null {
  if (plainUuid.test(text)) return /[1-9a-f]/.test(text) ? text : null;
  const bare = text.trim();
  if (bare.length > maxLength || placeholder.test(bare) || /[\s\p{Cc}]/u.test(bare)) return null;
  return uuid.exec(bare)?.[1]?.toLowerCase() ?? bare;
}

/** The ways in which a person may name a paper. */
export type PaperRef =
  /** A Pith number: the complete suffix, or its first 8, 12 or 16 characters; `year` if it was given. */
  | { readonly kind: "pith"; readonly suffix: string; readonly year: string | null }
  | WorkName
  /** Names a work, never a paper. */
  | { readonly kind: "work_id"; readonly workId: string };

const suffixShape = /^(?:[A-Z2-7]{8}|[A-Z2-7]{12}|[A-Z2-7]{16}|[A-Z2-7]{26})$/;
const uuidShape = /^(?:urn:uuid:)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const pithAddress =
  /^https?:\/\/[^/?#]+\/(?:\.well-known\/)?(?:pith|paper)\/(?:pith:(\d{4}):)?(?:pith:)?([A-Z2-7]+)(?:\/(?:bundle|state)\.json)?(?:\.json)?\/?(?:[?#].*)?$/i;
/** The page of a paper in an explorer. */
const paperPage = /^https?:\/\/[^\s/?#]+\/paper\/(.+)$/i;
const pithNumber = /^pith:(?: ?(\d{4}):)? ?(.+)$/i;

/**
 * Parses any name of a paper or a work: a Pith number in full, `pith:ROU4N4IR`, a suffix or its first 8, 12 or 16
 * characters, an arXiv id, a DOI, the address of any of these, or a work id (UUID), in the spellings of `parseWorkName`.
 * Null for any other text.
 */
export function parsePaperRef(text: string): PaperRef | null {
  if (text.length > maxWrittenLength) return null;
  const ref = dropTrailingPunctuation(dropLeadingPunctuation(normalizeName(text)));
  const match = pithAddress.exec(ref) ?? pithNumber.exec(ref);
  const suffix = (match?.[2] ?? ref).toUpperCase();
  if (suffixShape.test(suffix)) return { kind: "pith", suffix, year: match?.[1] ?? null };
  const page = paperPage.exec(ref)?.[1];
  if (page !== undefined) return parsePaperRef(page);
  if (match !== null) return null;
  const workId = uuidShape.test(ref) ? parseWorkId(ref) : null;
  return workId === null ? parseWorkName(text) : { kind: "work_id", workId };
}

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
function normalizeName(text: string): string {
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
function dropLeadingPunctuation(text: string): string {
  return text.replace(/^[^\p{L}\p{N}]+/u, "");
}

/**
 * Drops the punctuation at the end that belongs to the surrounding sentence. A closing bracket stays if it closes an
 * open one; a slash always stays.
 */
function dropTrailingPunctuation(text: string): string {
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
