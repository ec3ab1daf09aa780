import { useEffect, useState } from "preact/hooks";

export type Theme = "light" | "dark";
/** The user's choice; `auto` follows the system. */
export type ThemeChoice = Theme | "auto";

const storageKey = "pith-graph.theme";
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

function readChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(storageKey);
    return stored === "light" || stored === "dark" ? stored : "auto";
  } catch {
    // Some browsers deny storage.
    return "auto";
  }
}

let choice = readChoice();

/** The theme in effect. */
export function currentTheme(): Theme {
  if (choice !== "auto") return choice;
  return systemIsDark.matches ? "dark" : "light";
}

function apply(): void {
  document.documentElement.dataset["theme"] = currentTheme();
  for (const listener of listeners) listener();
}

/** Applies the theme, and follows changes of the system's. */
export function initTheme(): void {
  systemIsDark.addEventListener("change", apply);
  apply();
}

export function setTheme(next: ThemeChoice): void {
  choice = next;
  try {
    localStorage.setItem(storageKey, next);
  } catch {
    // The choice then lasts until the page is closed.
  }
  apply();
}

/** The choice and the theme in effect. Components that use it render again when they change. */
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

/** The theme's colours and font, for canvases and pictures. */
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

/** Reads the tokens of the current theme. */
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

/** Minifiers shorten `#ffffff` to `#fff`, but appending an opacity requires six digits. */
function sixDigits(colour: string): string {
  return /^#[\da-f]{3}$/i.test(colour) ? colour.replaceAll(/[\da-f]/gi, "$&$&") : colour;
}

const reducedMotionQuery = matchMedia("(prefers-reduced-motion: reduce)");

/** Whether the user prefers reduced motion. */
export function useReducedMotion(): boolean {
  const [isReduced, setReduced] = useState(reducedMotionQuery.matches);
  useEffect(() => {
    const listener = () => setReduced(reducedMotionQuery.matches);
    reducedMotionQuery.addEventListener("change", listener);
    return () => reducedMotionQuery.removeEventListener("change", listener);
  }, []);
  return isReduced;
}
