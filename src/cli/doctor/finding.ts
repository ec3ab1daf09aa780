/** What a look at one part of an installation came to. */
export type Finding = {
  /** What was looked at: short, the same in every run. */
  readonly check: string;
  /** `warning`: it works, less well than it might. `wrong`: something will not work. */
  readonly result: "ok" | "warning" | "wrong";
  /** What is there. */
  readonly text: string;
  /** What to do about it; always there where it is not `ok`. */
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
