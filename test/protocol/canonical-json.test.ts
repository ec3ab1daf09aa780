import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  canonicalJson,
  canonicalTextSha256,
  compareCodePoints,
  DocumentError,
  decodeUtf8,
  JsonDouble,
  type JsonValue,
  parseJson,
  sha256OfValue,
} from "../../src/protocol/index.ts";
import { arbitraryJson, arbitraryText, looseText } from "./arbitrary-json.ts";

/** The canonical text of a JSON text. */
function canon(text: string): string {
  return canonicalJson(parseJson(text));
}

/** The canonical text by the project's own parser, which is used for a text with a double. */
function canonSlowly(text: string): string {
  return canon(`[${text},1.5]`).slice(1, -5);
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof DocumentError) return error.code;
    throw error;
  }
  return "none";
}

describe("canonicalJson", () => {
  test("writes a canonical text that is parsed again unchanged", () => {
    fc.assert(
      fc.property(arbitraryJson, (value) => {
        const text = canonicalJson(value);
        expect(canon(text)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test("does not depend on key order, white space, escapes or the spelling of doubles", () => {
    fc.assert(
      fc.property(arbitraryJson, (value) => {
        expect(canon(looseText(value))).toBe(canonicalJson(value));
      }),
      { numRuns: 500 },
    );
  });

  test("writes different texts for different values, such as 1, 1.0 and -0.0", () => {
    expect(new Set(["1", "1.0", '"1"', "[1]", "true", "null", "-0.0", "0", "0.0"].map(canon)).size).toBe(9);
  });

  test.each([
    ["-0", "0"],
    ["-0.0", "-0.0"],
    ["-0e0", "-0.0"],
    ["1e0", "1.0"],
    ["1E+2", "100.0"],
    ["1e15", "1000000000000000.0"],
    ["9999999999999998.0", "9999999999999998.0"],
    ["1e16", "1e+16"],
    ["1e22", "1e+22"],
    ["123456789012345678e-1", "1.2345678901234568e+16"],
    ["0.0001", "0.0001"],
    ["0.00001", "1e-05"],
    ["0.00012345", "0.00012345"],
    ["1e-7", "1e-07"],
    ["1.5e-10", "1.5e-10"],
    ["1e100", "1e+100"],
    ["5e-324", "5e-324"],
    ["1e-400", "0.0"],
    ["-1e-400", "-0.0"],
    ["1.7976931348623157e308", "1.7976931348623157e+308"],
    ["0.1", "0.1"],
    ["9007199254740991", "9007199254740991"],
    ["9007199254740993", "9007199254740993"],
    ["-9007199254740993", "-9007199254740993"],
    ["9007199254740993.0", "9007199254740992.0"],
    ["123456789012345", "123456789012345"],
    ["1234567890123456", "1234567890123456"],
  ])("writes the number %s as %s", (text, expected) => {
    expect(canon(text)).toBe(expected);
    expect(canonSlowly(text)).toBe(expected);
    expect(canon(` {"a":${text}}`)).toBe(`{"a":${expected}}`);
  });

  test("sorts keys by code point, not by UTF-16 unit", () => {
    // U+FFFF comes before U+10000, whose first unit is U+D800.
    expect(canon('{"\\ud800\\udc00":1,"\\uffff":2,"\\ue000":3,"z":4}')).toBe(
      '{"z":4,"\ue000":3,"\uffff":2,"\u{10000}":1}',
    );
  });

  test("compareCodePoints orders strings as lists of code points", () => {
    const points = (text: string) => Array.from(text, (character) => character.codePointAt(0) as number);
    fc.assert(
      fc.property(arbitraryText, arbitraryText, (a, b) => {
        const [x, y] = [points(a), points(b)];
        const at = x.findIndex((point, index) => point !== y[index]);
        const expected = at < 0 ? x.length - y.length : (x[at] as number) - (y[at] ?? -1);
        expect(Math.sign(compareCodePoints(a, b))).toBe(Math.sign(expected));
      }),
    );
  });

  test("treats __proto__ and names of inherited members as ordinary keys", () => {
    const text = '{"__proto__":{"a":1},"constructor":[],"hasOwnProperty":null,"toString":"x"}';
    expect(canon(text)).toBe(text);
    expect(canonSlowly(text)).toBe(text);
    expect(Object.getPrototypeOf(parseJson(text))).toBe(Object.prototype);
    expect(Object.getPrototypeOf((parseJson(`[${text},1.5]`) as JsonValue[])[0])).toBe(Object.prototype);
  });

  test("keeps the last of equal keys", () => {
    for (const text of ['{"a":1,"b":2,"a":3}', '{"a":1,"b":2,"\\u0061":3}']) {
      expect(canon(text)).toBe('{"a":3,"b":2}');
      expect(canonSlowly(text)).toBe('{"a":3,"b":2}');
    }
    expect(canonSlowly('{"__proto__":1,"__proto__":[2]}')).toBe('{"__proto__":[2]}');
  });

  test("escapes quote, backslash and control characters in strings, and nothing else", () => {
    const controls = Array.from({ length: 0x20 }, (_, code) => String.fromCharCode(code)).join("");
    expect(canonicalJson(controls)).toBe(
      '"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000b\\f\\r\\u000e\\u000f' +
        '\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019\\u001a\\u001b\\u001c\\u001d\\u001e\\u001f"',
    );
    expect(canon('"\\/\\"\\\\\\u007f\\u2028\\u00e9\\ud83d\\ude00"')).toBe('"/\\"\\\\\u007f\u2028é😀"');
  });

  test("rejects fractions, unsafe integers and non-finite numbers with INVALID_NUMBER", () => {
    for (const value of [0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, new JsonDouble(Number.NaN)]) {
      expect(codeOf(() => canonicalJson(value))).toBe("INVALID_NUMBER");
    }
  });
});

describe("parseJson", () => {
  test("reads the same value through JSON.parse and through its own parser", () => {
    fc.assert(
      fc.property(arbitraryJson, fc.boolean(), (value, loose) => {
        const text = loose ? looseText(value) : canonicalJson(value);
        expect(canonSlowly(text)).toBe(canon(text));
      }),
      { numRuns: 500 },
    );
  });

  test("rejects a mutilated text with the same code through both parsers", () => {
    fc.assert(
      fc.property(
        arbitraryJson,
        fc.nat(),
        fc.constantFrom("", '"', "\\", ",", "]", "}", "1", "\u0000"),
        (value, at, put) => {
          const text = canonicalJson(value);
          const cut = at % (text.length + 1);
          const mutilated = text.slice(0, cut) + put + text.slice(cut + 1);
          const alone = codeOf(() => parseJson(mutilated));
          const listed = codeOf(() => parseJson(`{"a":${mutilated},"a":1.5}`));
          // A text that is not JSON by itself may become JSON as a member (`1,"b":2`). Nothing else may change.
          if (alone !== "MALFORMED_JSON") expect(listed).toBe(alone);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("accepts the same texts as JSON.parse", () => {
    const pieces = [
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"',
      "a",
      "\\",
      "u0041",
      "true",
      "null",
      "0",
      "12",
      "-",
      " ",
      "\n",
      "\t",
      "\u00a0",
      "'",
      "NaN",
      ".",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 9 }), (chosen) => {
        const text = chosen.join("");
        let expected = "none";
        try {
          JSON.parse(text);
        } catch {
          expected = "MALFORMED_JSON";
        }
        expect(codeOf(() => parseJson(text))).toBe(expected);
      }),
      { numRuns: 3000 },
    );
  });

  const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

  test.each<[code: string, what: string, text: string]>([
    ["MALFORMED_JSON", "an empty text", ""],
    ["MALFORMED_JSON", "white space", " \n"],
    ["MALFORMED_JSON", "a byte order mark", "\ufeff{}"],
    ["MALFORMED_JSON", "NaN", "[NaN]"],
    ["MALFORMED_JSON", "Infinity", "[-Infinity]"],
    ["MALFORMED_JSON", "two values", "{} {}"],
    ["MALFORMED_JSON", "a trailing comma", "[1,]"],
    ["MALFORMED_JSON", "a leading zero", "[01]"],
    ["MALFORMED_JSON", "a plus", "[+1]"],
    ["MALFORMED_JSON", "a bare point", "[1.]"],
    ["MALFORMED_JSON", "no digit before the point", "[.5]"],
    ["MALFORMED_JSON", "an empty exponent", "[1e]"],
    ["MALFORMED_JSON", "a lone minus", "[-]"],
    ["MALFORMED_JSON", "full-width digits", "[１]"],
    ["MALFORMED_JSON", "single quotes", "{'a':1}"],
    ["MALFORMED_JSON", "a key without quotes", "{a:1}"],
    ["MALFORMED_JSON", "a comment", "{}//"],
    ["MALFORMED_JSON", "no-break space", "[\u00a0]"],
    ["MALFORMED_JSON", "an open string", '["a'],
    ["MALFORMED_JSON", "an open string that ends in a backslash", '["a\\'],
    ["MALFORMED_JSON", "a control character in a string", '["\u0001"]'],
    ["MALFORMED_JSON", "a line break in a string", '["a\nb"]'],
    ["MALFORMED_JSON", "an unknown escape", '["\\x41"]'],
    ["MALFORMED_JSON", "a short escape", '["\\u12"]'],
    ["MALFORMED_JSON", "a wrong closing bracket", "[1}"],
    ["MALFORMED_JSON", "an open object", '{"a":1'],
    ["MALFORMED_JSON", "half a word", "[tru]"],
    ["INVALID_UNICODE", "a lone high surrogate", '["\\ud800"]'],
    ["INVALID_UNICODE", "a lone low surrogate", '["\\uDC00"]'],
    ["INVALID_UNICODE", "surrogates the wrong way round", '["\\udc00\\ud800"]'],
    ["INVALID_UNICODE", "a lone surrogate in a key", '{"\\udfff":1}'],
    ["INVALID_UNICODE", "a lone surrogate in a shadowed member", '{"a":"\\ud800","a":1}'],
    ["INVALID_UNICODE", "a lone surrogate that is not escaped", '["\ud800"]'],
    ["INVALID_NUMBER", "a double beyond the largest", "[1e309]"],
    ["INVALID_NUMBER", "a negative double beyond the largest", "[-1.5e999999]"],
    ["INVALID_NUMBER", "a shadowed double beyond the largest", '{"a":1e400,"a":1}'],
    ["INVALID_NUMBER", "an integer of 1,001 digits", `[${"9".repeat(1001)}]`],
    ["INVALID_NUMBER", "1,000 digits and a sign", `[-${"9".repeat(1000)}]`],
    ["INVALID_NUMBER", "a shadowed long integer", `{"a":${"9".repeat(1001)},"a":1}`],
    ["TOO_DEEP", "65 arrays", deep(65)],
    ["TOO_DEEP", "65 objects", `${'{"a":'.repeat(65)}1${"}".repeat(65)}`],
    ["TOO_DEEP", "a shadowed depth", `{"a":${deep(64)},"a":1}`],
    ["TOO_DEEP", "65 arrays beside a double", `[1.5,${deep(64)}]`],
  ])("rejects with %s: %s", (code, _, text) => {
    expect(codeOf(() => parseJson(text))).toBe(code);
  });

  test.each<[what: string, text: string]>([
    ["64 arrays", deep(64)],
    ["64 levels several times", `[${[deep(63), deep(63), deep(63)].join()}]`],
    ["64 levels beside a double", `[1.5,${deep(63)}]`],
    ["an integer of 1,000 digits", `[${"9".repeat(1000)}]`],
    ["999 digits and a sign", `[-${"9".repeat(999)}]`],
    ["brackets in a string", `["${"[".repeat(100)}"]`],
    ["an escaped pair", '["\\ud83d\\ude00"]'],
    ["an escaped pair as a key", '{"\\ud83d\\ude00":1}'],
    ["an escaped backslash before ud800", '["\\\\ud800"]'],
    ["a long fraction", `[0.${"1".repeat(2000)}]`],
  ])("accepts %s", (_, text) => {
    expect(codeOf(() => parseJson(text))).toBe("none");
  });

  test("names the position of a syntax error", () => {
    expect(() => parseJson('{"a":tru}')).toThrow("character 6");
    expect(() => parseJson("[1")).toThrow("ends too early");
  });

  test.each<[what: string, bytes: number[]]>([
    ["a byte that starts no character", [0x22, 0xff, 0x22]],
    ["a cut sequence", [0x22, 0xc3, 0x22]],
    ["an overlong slash", [0x22, 0xc0, 0xaf, 0x22]],
    ["an encoded surrogate", [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ["a code point beyond U+10FFFF", [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]],
    ["UTF-16", [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]],
  ])("rejects bytes with INVALID_UNICODE: %s", (_, bytes) => {
    expect(codeOf(() => parseJson(Uint8Array.from(bytes)))).toBe("INVALID_UNICODE");
  });

  /** @input I8 */
  test("reads bytes as it reads text, and rejects a byte order mark in both", () => {
    fc.assert(
      fc.property(arbitraryJson, (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(parseJson(new TextEncoder().encode(text)))).toBe(text);
      }),
    );
    const marked = new TextEncoder().encode("\ufeff{}");
    expect(decodeUtf8(marked)).toBe("\ufeff{}");
    expect(codeOf(() => parseJson(marked))).toBe("MALFORMED_JSON");
  });
});

const python = spawnSync("python3", ["--version"]).status === 0;

/** For each line of JSON prints, as JSON, its canonical text (section 1) and digests (section 2). */
const pythonProgram = `
import hashlib, json, sys
sys.set_int_max_str_digits(0) if hasattr(sys, "set_int_max_str_digits") else None
for line in sys.stdin.buffer:
    value = json.loads(line)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    title = " ".join(value[0].split()).lower()
    digest = lambda t: hashlib.sha256(t.encode()).hexdigest()
    print(json.dumps([text, digest(text), digest(title)]))
`;

describe.skipIf(!python)("canonicalJson and Python's json", () => {
  test("write the same texts and digests for generated values", () => {
    // str.lower and toLowerCase may follow different versions of Unicode, so titles here are Latin and Greek.
    const title = fc.string({
      unit: fc.constantFrom(..."aBzÉßΣσςΩİ \t\n\u000b\u001c\u0085\u00a0\u2003\u3000\ufeff\u200b-"),
      maxLength: 12,
    });
    const values = fc.sample(fc.tuple(title, arbitraryJson), { numRuns: 3000, seed: 20260510 });
    const lines = values.map((value) => canonicalJson(value));
    const loose = values.map((value) => looseText(value).replaceAll(/[\n\r]/g, " "));
    const { stdout, status } = spawnSync("python3", ["-c", pythonProgram], {
      input: [...lines, ...loose].join("\n"),
      env: { ...process.env, PYTHONIOENCODING: "utf-8" },
      maxBuffer: 2 ** 28,
    });
    expect(status).toBe(0);
    const answers = stdout
      .toString()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as [string, string, string]);
    expect(answers.length).toBe(2 * values.length);
    const expected = values.map((value, index): [string, string, string] => [
      lines[index] as string,
      sha256OfValue(value),
      canonicalTextSha256(value[0]),
    ]);
    expect(answers).toEqual([...expected, ...expected]);
  });
});
