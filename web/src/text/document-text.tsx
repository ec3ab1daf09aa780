import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { MathNode } from "./mathml.ts";

/**
 * A text from a document, which is untrusted: markup is shown as text, formulas are rendered, direction marks are
 * shown by name and cannot affect text outside. Long texts are cut.
 */
export function DocumentText({
  text,
  maxLength = 600,
  isExpandable = true,
}: {
  text: string;
  /** Characters. */
  maxLength?: number;
  /** Whether a button shows the rest. Set to false within links. */
  isExpandable?: boolean;
}) {
  const [isExpanded, setExpanded] = useState(false);
  const beginning = truncate(text, isExpanded ? Number.POSITIVE_INFINITY : maxLength);
  const segments = useMemo(() => splitSegments(beginning.text), [beginning.text]);
  return (
    <>
      <bdi class="document-text">
        {segments.map((segment, index) => {
          if (segment.kind === "text") return segment.text;
          if (segment.kind === "math") return <Formula key={index} {...segment} />;
          return (
            <span key={index} class="control-character" title="A control character">
              {segment.name}
            </span>
          );
        })}
        {beginning.isTruncated && "…"}
      </bdi>
      {beginning.isTruncated && isExpandable && (
        <>
          {" "}
          <button type="button" class="link-like" onClick={() => setExpanded(true)}>
            Show all {text.length.toLocaleString("en")} characters
          </button>
        </>
      )}
    </>
  );
}

/** A part of a text from a document. */
export type Segment =
  | { readonly kind: "text"; readonly text: string }
  /** LaTeX without its delimiters; `source` has them. */
  | { readonly kind: "math"; readonly latex: string; readonly source: string }
  /** An invisible character that changes how others appear; shown by its name. */
  | { readonly kind: "control"; readonly name: string };

/** Longer formulas are shown as source. Characters. */
const maxFormulaLength = 500;
const maxFormulas = 40;

// Characters that change the direction of text, hide or split it, and control characters except white space.
const control =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/u;

// `$…$` as in Pandoc: no blank inside the dollars, no digit after them. One quantifier per branch, hence linear.
const formula = /\$\$([^$]+)\$\$|\$(?!\s)([^$\n]+)\$(?!\d)|\\\(([^\n]+?)\\\)|\\\[([^\n]+?)\\\]/g;

/** Splits a text into plain text, formulas and control characters. */
export function splitSegments(text: string): readonly Segment[] {
  const segments: Segment[] = [];
  let from = 0;
  let formulas = 0;
  for (const match of text.matchAll(formula)) {
    const latex = match[1] ?? match[2] ?? match[3] ?? match[4] ?? "";
    const isEscaped = text[match.index - 1] === "\\";
    if (isEscaped || latex.length > maxFormulaLength || latex.trimEnd() !== latex || control.test(latex))
      continue;
    if (formulas++ >= maxFormulas) break;
    pushText(segments, text.slice(from, match.index));
    segments.push({ kind: "math", latex, source: match[0] });
    from = match.index + match[0].length;
  }
  pushText(segments, text.slice(from));
  return segments;
}

function pushText(segments: Segment[], text: string): void {
  let rest = text;
  for (;;) {
    const found = control.exec(rest);
    if (found === null) break;
    if (found.index > 0) segments.push({ kind: "text", text: rest.slice(0, found.index) });
    segments.push({ kind: "control", name: codePointName(found[0]) });
    rest = rest.slice(found.index + found[0].length);
  }
  if (rest !== "") segments.push({ kind: "text", text: rest });
}

function codePointName(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** The beginning of a text, never cut within a character. `isTruncated` if there is more. */
export function truncate(
  text: string,
  maxLength: number,
): { readonly text: string; readonly isTruncated: boolean } {
  if (text.length <= maxLength) return { text, isTruncated: false };
  const cut = text.slice(0, maxLength);
  return { text: /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut, isTruncated: true };
}

type Render = (latex: string) => MathNode | null;

let render: Render | undefined;
let loading: Promise<Render> | undefined;

/** KaTeX is loaded with the first formula. */
function loadRenderer(): Promise<Render> {
  loading ??= import("./mathml.ts").then((module) => {
    render = module.toMathMl;
    return render;
  });
  return loading;
}

/** A formula. Shows its source until KaTeX is loaded, and if KaTeX cannot parse it. */
export function Formula({ latex, source }: { latex: string; source: string }): ComponentChildren {
  const [, redraw] = useState(0);
  useEffect(() => {
    if (render === undefined)
      loadRenderer().then(
        () => redraw((count) => count + 1),
        () => {},
      );
  }, []);
  const node = render?.(latex) ?? null;
  return node === null ? source : renderNode(node);
}

function renderNode(node: MathNode): ComponentChildren {
  if (typeof node === "string") return node;
  const Tag = node.tag as "math";
  return <Tag {...node.attributes}>{node.children.map(renderNode)}</Tag>;
}
