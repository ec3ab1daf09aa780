import { useMemo, useState } from "preact/hooks";
import { Formula } from "./formula.tsx";
import { beginningOf, segmentsOf } from "./segments.ts";

/**
 * A text from a document, which may be anything: shown as text, whatever markup is in it; formulas are set; what
 * turns the direction of writing around ends with it, and is shown. Of long ones the beginning.
 */
export function Said({
  text,
  most = 600,
  canGrow = true,
}: {
  text: string;
  /** Characters. */
  most?: number;
  /** Whether the rest can be asked for: not within a link. */
  canGrow?: boolean;
}) {
  const [isWhole, setWhole] = useState(false);
  const beginning = beginningOf(text, isWhole ? Number.POSITIVE_INFINITY : most);
  const segments = useMemo(() => segmentsOf(beginning.text), [beginning.text]);
  return (
    <>
      <bdi class="said">
        {segments.map((segment, index) => {
          if (segment.kind === "text") return segment.text;
          if (segment.kind === "math") return <Formula key={index} {...segment} />;
          return (
            <span key={index} class="control-character" title="A control character">
              {segment.name}
            </span>
          );
        })}
        {beginning.isCut && "…"}
      </bdi>
      {beginning.isCut && canGrow && (
        <>
          {" "}
          <button type="button" class="link-like" onClick={() => setWhole(true)}>
            Show all {text.length.toLocaleString("en")} characters
          </button>
        </>
      )}
    </>
  );
}
