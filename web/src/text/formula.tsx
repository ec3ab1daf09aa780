import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { MathNode } from "./mathml.ts";

type Render = (latex: string) => MathNode | null;

let render: Render | undefined;
let loading: Promise<Render> | undefined;

/** KaTeX is fetched for the first formula that is shown. */
function load(): Promise<Render> {
  loading ??= import("./mathml.ts").then((module) => {
    render = module.mathOf;
    return render;
  });
  return loading;
}

/** A formula; as it was written until KaTeX is there, and where KaTeX does not understand it. */
export function Formula({ latex, source }: { latex: string; source: string }): ComponentChildren {
  const [, redraw] = useState(0);
  useEffect(() => {
    if (render === undefined)
      load().then(
        () => redraw((count) => count + 1),
        () => {},
      );
  }, []);
  const node = render?.(latex) ?? null;
  return node === null ? source : draw(node);
}

function draw(node: MathNode): ComponentChildren {
  if (typeof node === "string") return node;
  const Tag = node.tag as "math";
  return <Tag {...node.attributes}>{node.children.map(draw)}</Tag>;
}
