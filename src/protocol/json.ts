/**
 * JSON without loss. `JSON.parse` alone turns `1.0` into `1` and rounds `9007199254740993`; hashes are
 * taken over number texts, so both must survive (PROTOCOL section 1).
 */
export type JsonValue =
  | null
  | boolean
  | string
  /** An integer within ±(2^53 − 1). */
  | number
  /** An integer beyond that. */
  | bigint
  /** A number written with a fraction or an exponent. */
  | JsonDouble
  | JsonValue[]
  | JsonObject;

export type JsonObject = { [key: string]: JsonValue };

/** A finite double: a number written with a point or an exponent, including `1.0` and `-0.0`. */
export class JsonDouble {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  toJSON(): number {
    return this.value;
  }
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof JsonDouble)
  );
}

/** An integer in JSON's sense: written without fraction and exponent, of any size. */
export function isJsonInteger(value: JsonValue | undefined): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** Sets an own key of any name: a plain assignment to `__proto__` would set the prototype. */
export function setKey(object: JsonObject, key: string, value: JsonValue): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[key] = value;
  }
}
