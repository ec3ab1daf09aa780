import type pg from "pg";
import { statements } from "../runtime/channels.ts";
import type { CopyRows } from "./copy-format.ts";
import type { Statements } from "./transaction.ts";

/** CopyData's `d`, and four bytes for the length of what follows and themselves. */
const dataHeader = 5;
const copyDone = Buffer.from([0x63, 0, 0, 0, 4]);

/**
 * Copies rows into tables, one after the other, in one round trip: all data is sent behind the commands, without
 * waiting to be asked for it. Where a command fails, PostgreSQL passes over what comes after it.
 *
 * Resolves when all of it is there; rejects with PostgreSQL's error. The memory of the rows is given back.
 */
export function copyIn(client: Statements, copies: readonly CopyRows[]): Promise<void> {
  return statements.run({ name: "COPY" }, () => send(client, copies));
}

async function send(client: Statements, copies: readonly CopyRows[]): Promise<void> {
  if (copies.length === 0) return;
  const text = copies.map(({ command }) => command).join("; ");
  await new Promise<void>((resolve, reject) => {
    client.query({
      text,
      submit(connection: pg.Connection) {
        connection.query(text);
        const { stream } = connection;
        stream.cork();
        for (const copy of copies) {
          const data = copy.finish();
          const header = Buffer.allocUnsafe(dataHeader);
          header.writeUInt8(0x64);
          header.writeInt32BE(data.length + dataHeader - 1, 1);
          stream.write(header);
          stream.write(data);
          stream.write(copyDone);
        }
        stream.uncork();
      },
      handleCopyInResponse() {},
      handleCommandComplete() {},
      handleReadyForQuery: () => resolve(),
      handleError: reject,
    });
  });
  // After an error the socket may still hold on to them.
  for (const copy of copies) copy.release();
}
