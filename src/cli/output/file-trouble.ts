import { isServerFault } from "../../store/server-fault.ts";
import { CommandError } from "../command-error.ts";
import { exitStatus } from "../exit-status.ts";

/** What Node.js calls the operations by which a file comes to be; a connection has some of the same names. */
const fileOperations =
  /^(?:open|write|writev|fsync|fdatasync|close|rename|unlink|rm|rmdir|mkdir|scandir|stat|lstat)$/;

/** Codes that say that a name cannot be that of the file, or not for this user. All others are the disk's. */
const nameCodes = /^(?:ENOENT|ENOTDIR|EISDIR|EEXIST|EACCES|EPERM|EROFS|ENAMETOOLONG|ELOOP)$/;

/**
 * What is wrong with a file or folder that a command was told to write, in words and without a stack: its name cannot
 * be used, or there is no room. Every other error as it is.
 */
export function fileTrouble(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || isServerFault(error)) return error;
  const { syscall = "", code = "", message } = error as NodeJS.ErrnoException;
  if (!fileOperations.test(syscall)) return error;
  const status = nameCodes.test(code) ? exitStatus.misused : exitStatus.impossible;
  return new CommandError(`${path} cannot be written: ${message}`, status);
}
