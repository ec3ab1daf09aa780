/** The result of checking one part of an installation. */
export type Finding = {
  /** The name of the check: short, the same in every run. */
  readonly check: string;
  /** `warning`: it works, but less well than it could. `wrong`: something will not work. */
  readonly result: "ok" | "warning" | "wrong";
  /** A description of the result. */
  readonly text: string;
  /** Advice; always present unless `ok`. */
  readonly advice?: string;
};

export function ok(check: string, text: string): Finding {
  return { check, result: "ok", text };
}

export function warning(check: string, text: string, advice: string): Finding {
  return { check, result: "warning", text, advice };
}

export function wrong(check: string, text: string, advice: string): Finding {
  return { check, result: "wrong", text, advice };
}
