import { canonicalJson, type JsonValue } from "../../protocol/index.ts";

/**
 * A JSON value as its canonical text, the representation of the JSON scalar. It is copied verbatim into a response: as
 * a JavaScript number, `1.0` would become `1` and 2^70 would be rounded, and hashes would no longer match.
 */
export class JsonText {
  readonly text: string;

  /** `text` must be canonical JSON; it is not checked again. */
  constructor(text: string) {
    this.text = text;
  }

  static of(value: JsonValue): JsonText {
    return new JsonText(canonicalJson(value));
  }

  /** For callers that serialize a result with JSON.stringify: the value, with rounded numbers. */
  toJSON(): unknown {
    if (isDetecting) {
      hasJsonText = true;
      return null;
    }
    return JSON.parse(this.text);
  }
}

let isDetecting = false;
let hasJsonText = false;

/**
 * The JSON text of an execution result, with exact numbers. Texts are written directly instead of replacing
 * placeholders, so no string in a result can be mistaken for one.
 */
export function stringifyResult(result: unknown): string {
  const text = textOfData(result);
  if (text !== null) return `{"data":${text}}`;
  // Most results contain no JSON scalar, and JSON.stringify is several times faster than the writer below.
  isDetecting = true;
  hasJsonText = false;
  try {
    const text = JSON.stringify(result);
    if (!hasJsonText) return text;
  } finally {
    isDetecting = false;
  }
  return write(result) ?? "null";
}

/** The text of the data if the result has nothing else; null otherwise. */
function textOfData(result: unknown): string | null {
  if (typeof result !== "object" || result === null) return null;
  const keys = Object.keys(result);
  if (!("data" in result) || !(result.data instanceof JsonText)) return null;
  return keys.every((key) => key === "data" || key === "stringify") ? result.data.text : null;
}

/** As JSON.stringify: undefined if the value has no JSON text. */
function write(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (value instanceof JsonText) return value.text;
  if ("toJSON" in value && typeof value.toJSON === "function") return write(value.toJSON());
  if (Array.isArray(value)) return `[${value.map((item) => write(item) ?? "null").join(",")}]`;
  let text = "";
  for (const [key, member] of Object.entries(value)) {
    const memberText = write(member);
    if (memberText === undefined) continue;
    text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${memberText}`;
  }
  return `{${text}}`;
}
