import type { Server } from "node:http";

/** Listens. Rejects with a readable message if it cannot, with the system's error as the cause. */
export function listenOn(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) =>
      reject(new Error(explain(error, port, host), { cause: error }));
    server.once("error", fail);
    server.listen(port, host, () => {
      server.off("error", fail);
      resolve();
    });
  });
}

function explain(error: NodeJS.ErrnoException, port: number, host: string): string {
  switch (error.code) {
    case "EADDRINUSE":
      return `Port ${port} of ${host} is in use by another program. Stop that program, or choose another port.`;
    case "EACCES":
      return `This user cannot listen on port ${port}. Choose a port from 1024.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `${host} is no address of this machine.`;
    default:
      return `Can't listen on ${host}:${port}: ${error.message}`;
  }
}
