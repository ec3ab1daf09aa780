import { useEffect, useState } from "preact/hooks";

export type Theme = "light" | "dark";
/** What somebody chose; `auto` is what their system has. */
export type ThemeChoice = Theme | "auto";

const storageKey = "pith-graph.theme";
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

function readChoice(): ThemeChoice {
  try {
    const kept = localStorage.getItem(storageKey);
    return kept === "light" || kept === "dark" ? kept : "auto";
  } catch {
    // Some browsers keep nothing for a page that they do not trust.
    return "auto";
  }
}

let choice = readChoice();

/** The theme that is shown. */
export function currentTheme(): Theme {
  if (choice !== "auto") return choice;
  return systemIsDark.matches ? "dark" : "light";
}

function apply(): void {
  document.documentElement.dataset["theme"] = currentTheme();
  for (const listener of listeners) listener();
}

/** Shows the chosen theme, and follows the system where none is chosen. */
export function initTheme(): void {
  systemIsDark.addEventListener("change", apply);
  apply();
}

export function setTheme(next: ThemeChoice): void {
  choice = next;
  try {
    localStorage.setItem(storageKey, next);
  } catch {
    // Then it holds until the page is left.
  }
  apply();
}

/** The choice and the theme that is shown; whoever uses it is drawn again when they change. */
export function useTheme(): { choice: ThemeChoice; theme: Theme } {
  const [, redraw] = useState(0);
  useEffect(() => {
    const listener = () => redraw((count) => count + 1);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, []);
  return { choice, theme: currentTheme() };
}

/** The theme's colours, as a canvas needs them. */
export type ThemeTokens = {
  readonly ground: string;
  readonly raised: string;
  readonly text: string;
  readonly soft: string;
  readonly line: string;
  readonly lineStrong: string;
  readonly accent: string;
  readonly accentSoft: string;
  readonly focus: string;
  readonly font: string;
};

/** Reads the theme that is shown now. */
export function readThemeTokens(): ThemeTokens {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => sixDigits(style.getPropertyValue(`--${name}`).trim());
  return {
    ground: token("ground"),
    raised: token("raised"),
    text: token("text"),
    soft: token("text-soft"),
    line: token("line"),
    lineStrong: token("line-strong"),
    accent: token("accent"),
    accentSoft: token("accent-soft"),
    focus: token("focus"),
    font: style.fontFamily,
  };
}

/** A build shortens `#ffffff` to `#fff`; who adds two digits for the opacity needs them all. */
function sixDigits(colour: string): string {
  return /^#[\da-f]{3}$/i.test(colour) ? colour.replaceAll(/[\da-f]/gi, "$&$&") : colour;
}

const reducedMotionQuery = matchMedia("(prefers-reduced-motion: reduce)");

/** Whether whoever reads this wants nothing to move by itself. */
export function useReducedMotion(): boolean {
  const [isReduced, setReduced] = useState(reducedMotionQuery.matches);
  useEffect(() => {
    const listener = () => setReduced(reducedMotionQuery.matches);
    reducedMotionQuery.addEventListener("change", listener);
    return () => reducedMotionQuery.removeEventListener("change", listener);
  }, []);
  return isReduced;
}
