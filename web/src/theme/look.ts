/** The theme's colours, as a canvas needs them. */
export type Look = {
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
export function readLook(): Look {
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
