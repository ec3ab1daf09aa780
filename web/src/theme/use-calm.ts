import { useEffect, useState } from "preact/hooks";

const wantsCalm = matchMedia("(prefers-reduced-motion: reduce)");

/** Whether whoever reads this wants nothing to move by itself. */
export function useCalm(): boolean {
  const [isCalm, setCalm] = useState(wantsCalm.matches);
  useEffect(() => {
    const listener = () => setCalm(wantsCalm.matches);
    wantsCalm.addEventListener("change", listener);
    return () => wantsCalm.removeEventListener("change", listener);
  }, []);
  return isCalm;
}
