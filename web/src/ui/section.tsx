import type { ComponentChildren } from "preact";

/** A section of a page with a heading, a count, and a link to its query. */
export function Section({
  id,
  title,
  count,
  aside,
  children,
}: {
  id: string;
  title: string;
  count?: number | undefined;
  aside?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <section id={id} class="section" aria-labelledby={`${id}-title`}>
      <div class="section-head">
        <h2 id={`${id}-title`}>
          {title}
          {count !== undefined && <span class="section-count"> {count.toLocaleString("en")}</span>}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
