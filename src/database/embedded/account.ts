import { stat } from "node:fs/promises";
import { unavailable } from "./unavailable.js";

/** The user that PostgreSQL's processes run as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** `nobody`: there is on every Linux without adding a system user. */
const nobody: Account = { uid: 65534, gid: 65534 };

/**
 * PostgreSQL refuses to run as root. So where we are root it runs as whoever owns the data, or as
 * `nobody` where there is none yet; else as ourselves, which is undefined.
 */
export async function accountFor(dataDirectory: string): Promise<Account | undefined> {
  const owner = await stat(dataDirectory).catch(() => undefined);
  const self = process.getuid?.();
  if (self === 0) {
    if (process.platform !== "linux") {
      throw unavailable("it cannot run as root on this system", "Run it as an ordinary user.");
    }
    return owner === undefined || owner.uid === 0 ? nobody : { uid: owner.uid, gid: owner.gid };
  }
  if (owner !== undefined && self !== undefined && owner.uid !== self) {
    throw unavailable(
      `its data in ${dataDirectory} belongs to the user id ${owner.uid} and this process runs as ${self}`,
      "Run it as that user (or as root where root made it), or delete the directory to start afresh.",
    );
  }
  return undefined;
}

/** How to start a program as `account`, in `directory`. */
export function spawnAs(account: Account | undefined, directory: string) {
  return {
    cwd: directory,
    ...account,
    // UTC and plain messages wherever it runs; nothing of ours, such as PG* variables, leaks in.
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", TZ: "UTC", LC_ALL: "C" },
  };
}

/**
 * How a program that was started in its data directory calls it. The other account may not be able
 * to walk there (a project under /root or a temporary directory of mode 0700); by way of
 * /proc/self/cwd it need not, since the working directory was entered before root was given up.
 */
export function dataArgument(account: Account | undefined, dataDirectory: string): string {
  return account === undefined ? dataDirectory : "/proc/self/cwd";
}
