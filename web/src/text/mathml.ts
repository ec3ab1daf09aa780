import katex from "katex";

/** An element of MathML, or a text. */
export type MathNode =
  | string
  | {
      readonly tag: string;
      readonly attributes: Readonly<Record<string, string>>;
      readonly children: readonly MathNode[];
    };

/** Presentation MathML that KaTeX writes. Nothing here names an address or runs. */
const tags = new Set(
  (
    "math semantics annotation mrow mi mn mo ms mtext mspace msup msub msubsup mfrac msqrt mroot mover munder " +
    "munderover mmultiscripts mprescripts mtable mtr mtd mlabeledtr mstyle mpadded mphantom menclose"
  ).split(" "),
);

/** No `style`, which the Content-Security-Policy refuses, no `href`, no handlers. */
const attributeNames = new Set(
  (
    "accent accentunder columnalign columnlines columnspacing depth display displaystyle encoding fence form height " +
    "linethickness lspace mathvariant maxsize minsize movablelimits notation rowalign rowlines rowspacing rspace " +
    "scriptlevel separator stretchy symmetric voffset width xmlns"
  ).split(" "),
);

/**
 * A formula as MathML; null where KaTeX does not understand it. KaTeX is not trusted to trust nothing: its text is
 * read as XML, which runs nothing, and only what is named here is taken over.
 */
export function mathOf(latex: string): MathNode | null {
  let markup: string;
  try {
    markup = katex.renderToString(latex, {
      output: "mathml",
      trust: false,
      throwOnError: true,
      strict: false,
      maxExpand: 200,
      maxSize: 8,
    });
  } catch {
    return null;
  }
  const math = new DOMParser().parseFromString(markup, "application/xml").querySelector("math");
  return math === null ? null : copy(math);
}

function copy(element: Element): MathNode | null {
  if (!tags.has(element.localName)) return null;
  const attributes: Record<string, string> = {};
  for (const { name, value } of element.attributes) {
    if (attributeNames.has(name)) attributes[name] = value;
  }
  const children: MathNode[] = [];
  for (const child of element.childNodes) {
    const node = child instanceof Element ? copy(child) : (child.nodeValue ?? "");
    // A part that is left out would change what the formula says.
    if (node === null) return null;
    children.push(node);
  }
  return { tag: element.localName, attributes, children };
}
