// For a container's health check: ends with 0 where the address given answers with 200, else with 1.
const [, , address = ""] = process.argv;
const { ok } = await fetch(address, { signal: AbortSignal.timeout(3_000) }).catch(() => ({ ok: false }));
process.exitCode = ok ? 0 : 1;
