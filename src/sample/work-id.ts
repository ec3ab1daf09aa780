import { createHash } from "node:crypto";

/** The sample's namespace: an arbitrary UUID that never changes. */
const namespace = Buffer.from("6a0b6ef0c5a94d0f9c3b7f2f4e7a9d11", "hex");

/** The same name always gives the same work id. */
export function workIdOf(name: string): string {
  return uuidOfName(namespace, name);
}

/** UUID version 5 (RFC 9562, section 5.5). */
export function uuidOfName(space: Uint8Array, name: string): string {
  const bytes = createHash("sha1").update(space).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
