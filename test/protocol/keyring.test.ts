import { describe, expect, test } from "vitest";
import { weakness } from "../../src/protocol/ed25519.ts";
import {
  createKeyring,
  eventTypes,
  type JsonObject,
  type JsonValue,
  KeyringError,
  parseKeyring,
  registryKey,
} from "../../src/protocol/index.ts";
import { registry, rotated, signHex, windowed } from "./signed-events.ts";

const { name: _, seed_hex: __, ...plain } = registry;
const entry: JsonObject = { ...plain, event_types: [...plain.event_types] };
const base64 = (hex: string) => Buffer.from(hex, "hex").toString("base64");

function without(name: string): JsonObject {
  const { [name]: _, ...rest } = entry;
  return rest;
}

describe("parseKeyring", () => {
  test("returns sound entries unchanged", () => {
    const { name, seed_hex, ...limited } = windowed;
    const value = [
      entry,
      { ...limited, event_types: [] },
      { ...registryKey, event_types: [...registryKey.event_types] },
    ];
    expect(parseKeyring(value)).toEqual(value);
    expect(createKeyring(parseKeyring(value)).size).toBe(3);
    expect(parseKeyring([])).toEqual([]);
  });

  test("accepts null for valid_from and valid_until", () => {
    const value = [{ ...entry, valid_from: null, valid_until: null }];
    const [key] = createKeyring(parseKeyring(value)).values();
    expect([key?.validFrom, key?.validUntil]).toEqual([null, null]);
  });

  test.each<[what: string, value: JsonValue]>([
    ["an object", { keys: [] }],
    ["null", null],
    ["a string", "[]"],
  ])("rejects %s", (_, value) => {
    expect(() => parseKeyring(value)).toThrow(KeyringError);
  });

  test.each<[what: string, wrong: JsonValue, message: string]>([
    ["null", null, "must be an object"],
    ["an array", [], "must be an object"],
    ["without key_id", without("key_id"), "key_id"],
    ["with an empty key_id", { ...entry, key_id: "" }, "key_id"],
    ["with a key_id that is a number", { ...entry, key_id: 1 }, "key_id"],
    ["without signer_id", without("signer_id"), "signer_id"],
    ["without signer_type", without("signer_type"), "signer_type"],
    ["without public_key_b64", without("public_key_b64"), "public_key_b64"],
    ["without event_types", without("event_types"), "event_types"],
    ["with event_types null", { ...entry, event_types: null }, "event_types"],
    ["with an unknown event type", { ...entry, event_types: ["record_created", "rumour"] }, "event_types"],
    ["with the name of a list as its event type", { ...entry, event_types: ["corrections"] }, "event_types"],
    ["with an unknown member", { ...entry, valid_untill: "2026-07-01T00:00:00Z" }, "valid_untill"],
    ["with valid_from false", { ...entry, valid_from: false }, "valid_from"],
    ["with valid_from that is a date", { ...entry, valid_from: "2026-06-01" }, "valid_from"],
    ["with valid_until on 31 June", { ...entry, valid_until: "2026-06-31T00:00:00Z" }, "valid_until"],
    ["with a key in hex", { ...entry, public_key_b64: "ab".repeat(32) }, "public_key_b64"],
    [
      "with a key without padding",
      { ...entry, public_key_b64: registry.public_key_b64.slice(0, -1) },
      "public_key_b64",
    ],
    ["with a key of 31 bytes", { ...entry, public_key_b64: base64("ab".repeat(31)) }, "public_key_b64"],
    [
      "with the identity as its key",
      { ...entry, public_key_b64: base64(`01${"00".repeat(31)}`) },
      "small order",
    ],
    [
      "with a key of order 8",
      {
        ...entry,
        public_key_b64: base64("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
      },
      "small order",
    ],
    [
      "with a key that is not reduced",
      { ...entry, public_key_b64: base64(`ef${"ff".repeat(30)}7f`) },
      "2^255",
    ],
    ["with a key off the curve", { ...entry, public_key_b64: base64(`02${"00".repeat(31)}`) }, "curve"],
  ])("rejects an entry %s, naming its position and the member", (_, wrong, message) => {
    const attempt = () => parseKeyring([{ ...entry, public_key_b64: rotated.public_key_b64 }, wrong]);
    expect(attempt).toThrow(KeyringError);
    expect(attempt).toThrow("ntry 2");
    expect(attempt).toThrow(message);
  });
});

describe("createKeyring", () => {
  /** @threat T6 */
  test("maps fingerprints to keys, and rejects two entries with the same key", () => {
    const keyring = createKeyring([registry, rotated]);
    expect([...keyring.values()].map(({ keyId }) => keyId)).toEqual([registry.key_id, rotated.key_id]);
    for (const [fingerprint, key] of keyring) expect(key.fingerprint).toBe(fingerprint);
    expect(() => createKeyring([registry, { ...registry, key_id: "other" }])).toThrow('"other"');
  });

  test("rejects an empty key and an invalid time", () => {
    expect(() => createKeyring([{ ...registry, public_key_b64: "" }])).toThrow(KeyringError);
    expect(() => createKeyring([{ ...registry, valid_from: "soon" }])).toThrow("valid_from");
  });

  test("accepts a key of small order, which verifies no signature", () => {
    const identity = base64(`01${"00".repeat(31)}`);
    expect(weakness(Buffer.from(identity, "base64"))).toBe("SMALL_ORDER");
    const [key] = createKeyring([{ ...registry, public_key_b64: identity }]).values();
    // R = identity and S = 0 "sign" everything under it.
    const forged = Uint8Array.from([1, ...new Uint8Array(63)]);
    expect(key?.verify(new Uint8Array(32), forged)).toBe(false);
  });

  test("creates keys that verify their own signatures only", () => {
    const digest = "ab".repeat(32);
    const [key, other] = createKeyring([registry, rotated]).values();
    const signature = Buffer.from(signHex(registry, digest), "base64");
    expect(key?.verify(Buffer.from(digest, "hex"), signature)).toBe(true);
    expect(other?.verify(Buffer.from(digest, "hex"), signature)).toBe(false);
  });

  test("gives the registry's key every event type and no bounds in time", () => {
    const [key] = createKeyring([registryKey]).values();
    expect([...(key?.eventTypes ?? [])]).toEqual(eventTypes);
    expect(key).toMatchObject({
      validFrom: null,
      validUntil: null,
      fingerprint: "8d4b5ee74e4693bcd1df2446408b0d54",
    });
  });
});
