import { readFile } from "node:fs/promises";
import { z } from "zod";
import { unusable } from "../problem.js";

const text = z.string().min(1).max(10_000);
const texts = z.record(z.string().min(1).max(200), z.string().max(20_000));

const refresh = z.union([
  z.strictObject({
    /** Prints the token on stdout. No shell is involved. */
    command: z.array(text).min(1).max(50),
    header: text.optional(),
    prefix: z.string().max(100).optional(),
  }),
  z.strictObject({
    /** A path on the same origin; answers JSON. */
    path: text,
    form: texts,
    /** Where the token is in the answer. Default `access_token`. */
    field: text.optional(),
    header: text.optional(),
    prefix: z.string().max(100).optional(),
  }),
]);

const identityFile = z.strictObject({
  name: z.string().min(1).max(100),
  /** How the service itself names the tenant: its id where there is one. */
  tenant: z.string().min(1).max(200),
  role: z.string().min(1).max(100).optional(),
  baseUrl: text.optional(),
  /** The Host header, where it is not the base URL's. */
  host: text.optional(),
  headers: texts.default({}),
  cookies: texts.default({}),
  /** Values of path, query and body parameters that the probe cannot learn: ids of this tenant. */
  parameters: texts.default({}),
  /** Bodies by route, as `POST /projects`; where the description does not say enough. */
  bodies: z.record(z.string().max(500), z.unknown()).default({}),
  refresh: refresh.optional(),
  /** What must not be shown, besides headers, cookies and what comes from the environment. */
  secrets: z.array(z.string()).default([]),
});

export type IdentityInput = z.input<typeof identityFile>;
export type IdentityFile = z.infer<typeof identityFile>;
export type Refresh = z.infer<typeof refresh>;
type Environment = Readonly<Record<string, string | undefined>>;

/** @throws {TenantryError} `CONFIG_INVALID` */
export async function readIdentityFile(file: string, env: Environment): Promise<IdentityFile> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw unusable(`The identity ${file} cannot be read: ${(error as Error).message}.`, help);
  }
  return parseIdentity(value, file, env);
}

/** Checks it, and puts in what `${NAME}` stands for. @throws {TenantryError} `CONFIG_INVALID` */
export function parseIdentity(value: unknown, from: string, env: Environment): IdentityFile {
  const parsed = identityFile.safeParse(value);
  if (parsed.success) return filled(parsed.data, from, env);
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.join(".") || "the file"}: ${message}`,
  );
  throw unusable(
    `The identity ${from} is not acceptable: ${problems.slice(0, 5).join("; ")}.`,
    help,
  );
}

const help =
  'Give JSON with at least "name", "tenant", and the "headers" or "cookies" that sign it in; docs/probe.md describes it.';

/** What the environment gives is a secret, but for what says who and where somebody is. */
function filled(file: IdentityFile, from: string, env: Environment): IdentityFile {
  const { headers, cookies, bodies, refresh: renewal, ...open } = file;
  const secrets: string[] = [];
  const hidden = fillIn({ headers, cookies, bodies, refresh: renewal }, (name) => {
    const value = variable(name, from, env);
    secrets.push(value);
    return value;
  });
  const plain = fillIn(open, (name) => variable(name, from, env));
  return { ...plain, ...hidden, secrets: [...file.secrets, ...secrets] };
}

function fillIn<T>(value: T, valueOf: (name: string) => string): T {
  if (typeof value === "string")
    return value.replace(/\$\{([A-Za-z_]\w*)\}/g, (_, name: string) => valueOf(name)) as T;
  if (Array.isArray(value)) return value.map((each: unknown) => fillIn(each, valueOf)) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, fillIn<unknown>(each, valueOf)]);
  return Object.fromEntries(entries) as T;
}

function variable(name: string, from: string, env: Environment): string {
  const found = env[name];
  if (found !== undefined && found !== "") return found;
  throw unusable(
    `The identity ${from} needs the environment variable ${name}, which is not set.`,
    `Set ${name}.`,
  );
}
