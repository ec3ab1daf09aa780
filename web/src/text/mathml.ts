import katex from "katex";

/** A MathML element or a text. */
export type MathNode =
  | string
  | {
      readonly tag: string;
      readonly attributes: Readonly<Record<string, string>>;
      readonly children: readonly MathNode[];
    };

/** Presentation MathML that KaTeX writes. None of these elements links or runs anything. */
const allowedTags = new Set(
  (
    "math semantics annotation mrow mi mn mo ms mtext mspace msup msub msubsup mfrac msqrt mroot mover munder " +
    "munderover mmultiscripts mprescripts mtable mtr mtd mlabeledtr mstyle mpadded mphantom menclose"
  ).split(" "),
);

/** No `style`, which the Content-Security-Policy forbids, no `href`, no event handlers. */
const allowedAttributeNames = new Set(
  (
    "accent accentunder columnalign columnlines columnspacing depth display displaystyle encoding fence form height " +
    "linethickness lspace mathvariant maxsize minsize movablelimits notation rowalign rowlines rowspacing rspace " +
    "scriptlevel separator stretchy symmetric voffset width xmlns"
  ).split(" "),
);

/**
 * A formula as MathML. Null if KaTeX cannot parse it, or if it needs trust (links, images, styles). KaTeX's output is
 * not trusted either: only the elements and attributes above are copied.
 */
export function toMathMl(latex: string): MathNode | null {
  let needsTrust = false;
  const trust = () => {
    needsTrust = true;
    return false;
  };
  try {
    const markup = katex.renderToString(latex, {
      output: "mathml",
      trust,
      throwOnError: true,
      strict: false,
      maxExpand: 200,
      maxSize: 8,
    });
    return needsTrust ? null : parseMarkup(markup);
  } catch {
    return null;
  }
}

type Open = {
  readonly tag: string;
  readonly attributes: Record<string, string>;
  readonly children: MathNode[];
};

const token = /<(\/?)([a-zA-Z]+)((?:\s+[\w:-]+="[^"]*")*)\s*(\/?)>|([^<]+)/gy;
const attribute = /([\w:-]+)="([^"]*)"/g;

/** Parses KaTeX's well-formed markup from its `math` element on. Null if it has other elements than those above. */
function parseMarkup(markup: string): MathNode | null {
  const start = markup.indexOf("<math");
  const end = markup.indexOf("</math>");
  if (start < 0 || end < 0) return null;
  const top: Open = { tag: "", attributes: {}, children: [] };
  const open = [top];
  token.lastIndex = start;
  while (token.lastIndex < end + "</math>".length) {
    const match = token.exec(markup);
    const parent = open.at(-1);
    if (match === null || parent === undefined) return null;
    const [, closing, tag = "", attributes = "", isEmpty, text] = match;
    if (text !== undefined) parent.children.push(decodeEntities(text));
    else if (closing === "/") open.pop();
    else {
      // Omitting a part would change the meaning of the formula.
      if (!allowedTags.has(tag)) return null;
      const node: Open = { tag, attributes: allowedAttributes(attributes), children: [] };
      parent.children.push(node);
      if (isEmpty !== "/") open.push(node);
    }
  }
  return top.children[0] ?? null;
}

function allowedAttributes(attributes: string): Record<string, string> {
  const named: Record<string, string> = {};
  for (const [, name = "", value = ""] of attributes.matchAll(attribute)) {
    if (allowedAttributeNames.has(name)) named[name] = decodeEntities(value);
  }
  return named;
}

const characters: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#x27;": "'",
};

function decodeEntities(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#x27);/g, (name) => characters[name] ?? name);
}
