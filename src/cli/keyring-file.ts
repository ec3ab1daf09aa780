import { ConfigError } from "../config/index.ts";
import { readTextFile } from "../ingest/index.ts";
import {
  createKeyring,
  DocumentError,
  type JsonValue,
  type Keyring,
  type KeyringEntry,
  KeyringError,
  parseJson,
  parseKeyring,
  registryKey,
} from "../protocol/index.ts";
import { errorText } from "../runtime/index.ts";

/** The keys that documents are verified with: the registry's, and those of keyring files. Throws ConfigError. */
export async function loadKeyring(paths: readonly (string | undefined)[]): Promise<Keyring> {
  const entries: KeyringEntry[] = [registryKey];
  for (const path of paths) if (path !== undefined) entries.push(...(await readKeyringFile(path)));
  try {
    // The same entry in two files is one entry; two entries that disagree about a key are an error.
    return createKeyring([...new Map(entries.map((entry) => [entryText(entry), entry])).values()]);
  } catch (error) {
    throw error instanceof KeyringError ? new ConfigError(error.message) : error;
  }
}

async function readKeyringFile(path: string): Promise<KeyringEntry[]> {
  let text: string;
  try {
    text = await readTextFile(path);
  } catch (error) {
    throw new ConfigError(`Can't read the keyring file ${path}: ${errorText(error)}.`);
  }
  let value: JsonValue;
  try {
    value = parseJson(text);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new ConfigError(`The keyring file ${path} is not valid JSON: ${error.message}`);
  }
  try {
    return parseKeyring(value);
  } catch (error) {
    throw error instanceof KeyringError ? new ConfigError(`${path}: ${error.message}`) : error;
  }
}

function entryText(entry: KeyringEntry): string {
  return JSON.stringify(entry, Object.keys(entry).sort());
}
