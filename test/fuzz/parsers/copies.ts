import { CopyRows } from "../../../src/store/copy-format.ts";
import { assertSame, type Target } from "./target.ts";

/** COPY's binary format: written values are read back, by the rules of PostgreSQL's documentation, unchanged. */
export const copies: Target = {
  name: "copies",
  seeds: () => ["plain", "a\u0000b\n\\.\n\\x", "\ud800 lone", "😀é\t", "x".repeat(70_000)],
  check(input) {
    const text = input.toString("utf8");
    const number = BigInt.asIntN(64, BigInt(`0x0${input.subarray(0, 8).toString("hex")}`));
    const rows = new CopyRows("quarantine", ["content_sha256", "message", "size", "content", "received_at"]);
    const events = new CopyRows("events", ["paper_id", "body"]);
    rows.add([
      `\\x${input.subarray(0, 32).toString("hex")}`,
      text,
      input.length,
      input,
      "2026-06-10T12:00:00.5Z",
    ]);
    events.add([number, text]);
    const [sha256, message, size, content, receivedAt] = cellsOf(rows.finish());
    assertSame("bytes in hex", sha256?.toString("hex"), input.subarray(0, 32).toString("hex"));
    assertSame("a text", message?.toString("utf8"), text);
    assertSame("an integer", size?.readInt32BE(0), input.length);
    assertSame("bytes", content?.toString("hex"), input.toString("hex"));
    const since2000 = BigInt(Date.UTC(2026, 5, 10, 12) - Date.UTC(2000, 0)) * 1_000n + 500_000n;
    assertSame("an instant", String(receivedAt?.readBigInt64BE(0)), String(since2000));
    const [paperId, body] = cellsOf(events.finish());
    assertSame("a bigint", String(paperId?.readBigInt64BE(0)), String(number));
    assertSame("a text", body?.toString("utf8"), text);
    rows.release();
    events.release();
  },
};

/** The cells of the only row. Throws if the data does not end as it must. */
function cellsOf(bytes: Buffer): Buffer[] {
  let at = 19;
  const count = bytes.readInt16BE(at);
  at += 2;
  const cells = Array.from({ length: count }, () => {
    const size = bytes.readInt32BE(at);
    at += 4 + size;
    return bytes.subarray(at - size, at);
  });
  assertSame("the end", bytes.subarray(at).toString("hex"), "ffff");
  return cells;
}
