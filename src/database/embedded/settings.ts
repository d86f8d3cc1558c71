import { randomBytes } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { unavailable } from "./unavailable.js";

/** What is kept beside the data, in a file of mode 0600. */
export interface Settings {
  readonly port: number;
  /** Of the superuser `postgres`. */
  readonly password: string;
}

const fileName = "server.json";

/** @returns null on a fresh directory */
export async function readSettings(directory: string): Promise<Settings | null> {
  const path = join(directory, fileName);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return null;
    throw unavailable(`${path} cannot be read (${code})`, "Check who owns the directory.");
  });
  if (text === null) return null;
  try {
    const { port, password } = JSON.parse(text) as Partial<Settings>;
    if (isPort(port) && typeof password === "string" && password !== "") return { port, password };
  } catch {
    // Falls through to the error.
  }
  throw unavailable(
    `${path} is damaged, and with it the password is lost`,
    `Delete ${directory} to start with an empty database.`,
  );
}

export async function writeSettings(directory: string, settings: Settings): Promise<void> {
  const draft = join(directory, `${fileName}.new`);
  await writeFile(draft, JSON.stringify(settings), { mode: 0o600 });
  await rename(draft, join(directory, fileName));
}

export function newPassword(): string {
  return randomBytes(24).toString("base64url");
}

export function isPort(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65_535;
}

/** A port that is free on loopback just now. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (cause) => {
      reject(unavailable("no port is free on 127.0.0.1", "Close some connections.", cause));
    });
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
