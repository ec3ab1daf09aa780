/** The option of commands that fetch from mirrors, as `Command.option` takes it. */
export const allowHostOption = [
  "--allow-host <host[:port]>",
  "a host that may be reached by http, and at loopback and private addresses; may be given again",
  (host: string, hosts: readonly string[]) => [...hosts, host],
  [] as readonly string[],
] as const;
