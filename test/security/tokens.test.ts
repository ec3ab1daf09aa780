import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { expect, test, vi } from "vitest";

vi.mock(import("node:crypto"), async (original) => {
  const real = await original();
  return { ...real, timingSafeEqual: vi.fn(real.timingSafeEqual) };
});

const tokens = Array.from({ length: 5 }, (_, index) => {
  const token = randomBytes(32).toString("base64url");
  return { token, name: `t${index}`, sha256: createHash("sha256").update(token).digest() };
});

/** @threat T29 */
test("findSubmitter compares every configured hash in constant time, whichever matches, if any", async () => {
  // Another test file may have loaded it with the real function.
  vi.resetModules();
  const { findSubmitter } = await import("../../src/server/http/bearer-tokens.ts");
  const compared = vi.mocked(timingSafeEqual);
  for (const given of [tokens[0]?.token, tokens[4]?.token, "wrong", ""]) {
    compared.mockClear();
    const found = findSubmitter(tokens, `Bearer ${given}`);
    expect(found?.name).toBe(tokens.find(({ token }) => token === given)?.name);
    // An empty token is no token.
    expect(compared).toHaveBeenCalledTimes(given === "" ? 0 : tokens.length);
    for (const [known, hash] of compared.mock.calls) expect(known.byteLength).toBe(hash.byteLength);
  }
});
