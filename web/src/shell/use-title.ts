import { useEffect } from "preact/hooks";

/** Names the page for the browser's tabs and history. */
export function useTitle(title: string | null): void {
  useEffect(() => {
    document.title = title === null ? "pith-graph" : `${title.slice(0, 120)} · pith-graph`;
  }, [title]);
}
