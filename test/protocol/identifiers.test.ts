import { describe, expect, test } from "vitest";
import {
  canonicalText,
  canonicalTextSha256,
  eventTypes,
  fingerprintOf,
  isEventId,
  isEventType,
  isPithNumber,
  registryKey,
  sha256OfValue,
  shortLengths,
  suffixOf,
  suffixOfDigest,
} from "../../src/protocol/index.ts";

describe("isPithNumber and suffixOfDigest", () => {
  test.each(["pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY643", "pith:0000:AAAAAAAAAAAAAAAAAAAAAAAA27"])(
    "isPithNumber accepts %s",
    (text) => {
      expect(isPithNumber(text)).toBe(true);
    },
  );

  test.each([
    "pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY64",
    "pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY6433",
    "pith:2023:rou4n4iryz3hv3m7hktk3yy643",
    "pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY640",
    "pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY641",
    "pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY643\n",
    " pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY643",
    "PITH:2023:ROU4N4IRYZ3HV3M7HKTK3YY643",
    "pith:23:ROU4N4IRYZ3HV3M7HKTK3YY643",
    "pith:٢٠٢٣:ROU4N4IRYZ3HV3M7HKTK3YY643",
    "",
    5,
    null,
    ["pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY643"],
  ])("isPithNumber rejects %j", (value) => {
    expect(isPithNumber(value)).toBe(false);
  });

  test("suffixOfDigest is the base32 text of the first 130 bits of the digest", () => {
    // This digest begins with 00000 00001 00010 …, the alphabet of RFC 4648 in order.
    expect(suffixOfDigest("00443214c74254b635cf84653a56d7c675be77df00000000000000000000000000000000")).toBe(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    );
    expect(suffixOfDigest("8ba9c6f111c6767aed9f3aa6ade31ee6d7254c3ff5008fbdfaa60efc0bdb941f")).toBe(
      "ROU4N4IRYZ3HV3M7HKTK3YY643",
    );
    const number = "pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY643";
    expect(isPithNumber(number) && suffixOf(number)).toBe("ROU4N4IRYZ3HV3M7HKTK3YY643");
    expect(shortLengths).toEqual([8, 12, 16]);
  });
});

describe("isEventId", () => {
  test("accepts `sha256:` and 64 lower-case hex digits, and nothing else", () => {
    const id = `sha256:${"0123456789abcdef".repeat(4)}`;
    expect(isEventId(id)).toBe(true);
    for (const other of [
      id.slice(7),
      id.slice(0, -1),
      `${id}0`,
      id.toUpperCase(),
      `${id}\n`,
      id.replace("f", "g"),
      5,
      null,
      [id],
    ]) {
      expect([other, isEventId(other)]).toEqual([other, false]);
    }
  });
});

describe("digests", () => {
  test("sha256OfValue of an empty list is the hash that the registry publishes", () => {
    expect(sha256OfValue({ payload: [] })).toBe(
      "258153158e38e3291e3d48162225fcdb2d5a3ed65a07baac614ab91432fd4f57",
    );
  });

  test("fingerprintOf the registry's key is its published fingerprint", () => {
    expect(fingerprintOf(Buffer.from(registryKey.public_key_b64, "base64"))).toBe(
      "8d4b5ee74e4693bcd1df2446408b0d54",
    );
  });

  test("canonicalText has single spaces and lower case, and its digest is the one the registry publishes", () => {
    expect(canonicalText("  Aligning \t Text-to-Image\nMODELS  ")).toBe("aligning text-to-image models");
    expect(canonicalText("")).toBe("");
    // White space is what Python's str.split splits at. JavaScript also counts U+FEFF.
    expect(canonicalText("a\u001cb\u0085c\u00a0d\u3000e")).toBe("a b c d e");
    expect(canonicalText("a\ufeffb\u200bc")).toBe("a\ufeffb\u200bc");
    // The title and the digest of arXiv 2302.12192 as the registry publishes them.
    expect(canonicalTextSha256("Aligning Text-to-Image Models using Human Feedback")).toBe(
      "b9f9d0a75704678b4acde8885bfbea84f3cb70eca4a6315ff07a9f7d2fb3b1f0",
    );
  });
});

describe("eventTypes", () => {
  test("lists the nine types in the order of the protocol", () => {
    expect(eventTypes).toEqual([
      "record_created",
      "graph_snapshot",
      "author_attestation",
      "timestamp_anchor",
      "storage_attestation",
      "citation_signature",
      "replication_record",
      "correction",
      "mirror_hint",
    ]);
    expect(eventTypes.every(isEventType)).toBe(true);
    for (const other of ["graph_snapshots", "constructor", "__proto__", "", 5, null])
      expect(isEventType(other)).toBe(false);
  });
});
