import type { Random } from "../random.ts";

/** The maximum length. Longer inputs only take longer. */
export const longest = 6_000;

const interesting = [
  "0",
  "-1",
  "1e999",
  "-0",
  "0.5",
  "9007199254740993",
  "null",
  "true",
  "{}",
  "[]",
  '""',
  '"',
  "\\",
  "\\u0000",
  "\\ud800",
  "\u0000",
  "\u00a0",
  "\ufeff",
  "\u2028",
  "İ",
  "ß",
  "😀",
  "\r\n",
  "\n",
  ":",
  ",",
  "%2F",
  "%",
  "__proto__",
  "constructor",
  "{suffix}",
  "//",
  "https://",
  "@",
  "#",
  "...",
  "$",
  "(",
  ")",
  "{",
  "}",
  "\x1f\x8b\x08",
].map((text) => Buffer.from(text, "utf8"));

/** An input with a few changes of bytes and pieces, some from another input. */
export function mutated(input: Buffer, other: Buffer, random: Random): Buffer {
  let bytes = input;
  for (let left = random.integer(1, 5); left > 0; left--) bytes = once(bytes, other, random);
  return bytes.subarray(0, longest);
}

function once(bytes: Buffer, other: Buffer, random: Random): Buffer {
  const at = random.integer(0, bytes.length);
  const to = Math.min(bytes.length, at + random.integer(1, random.chance(0.2) ? 400 : 12));
  const put = (middle: Uint8Array, end = at) =>
    Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(end)]);
  switch (random.integer(0, 8)) {
    case 0:
      return put(Buffer.alloc(0), to);
    case 1:
      return put(Buffer.from([random.integer(0, 255)]));
    case 2:
      return put(Buffer.from([(bytes[at] ?? 0) ^ (1 << random.integer(0, 7))]), at + 1);
    case 3:
      return put(random.of(interesting));
    case 4:
      return put(random.of(interesting), to);
    case 5:
      return put(bytes.subarray(at, to));
    case 6: {
      const from = random.integer(0, other.length);
      return put(other.subarray(from, from + random.integer(1, 200)), random.chance(0.5) ? to : at);
    }
    case 7: {
      const piece = bytes.subarray(at, to);
      return put(Buffer.concat(Array.from({ length: random.integer(2, 40) }, () => piece)));
    }
    default: {
      // The next or previous digit or letter: numbers and names that are nearly correct.
      const byte = bytes[at] ?? 0x30;
      return put(Buffer.from([byte + (random.chance(0.5) ? 1 : 255)]), at + 1);
    }
  }
}
