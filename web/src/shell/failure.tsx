import type { ComponentChildren } from "preact";

/** Says that something did not work, and what to do. */
export function Failure({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="notice bad" role="alert">
      <strong>{title}</strong>
      <div>{children}</div>
    </div>
  );
}
