import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { impossible } from "../problem.js";
import type { Identity } from "./identity.js";
import type { Refresh } from "./identity-file.js";

/** Sends a form to a path of the identity's own origin; gives what was answered. */
export type PostForm = (
  identity: Identity,
  path: string,
  form: string,
) => Promise<{ status: number; text: string }>;

/**
 * Gets a new token, and gives the identity that bears it; the same identity where it has no way to.
 * @throws {TenantryError} `PROOF_IMPOSSIBLE`; the message holds no token
 */
export async function refreshed(identity: Identity, post: PostForm): Promise<Identity> {
  const { refresh } = identity;
  if (refresh === undefined) return identity;
  const token =
    "command" in refresh
      ? await fromCommand(identity, refresh.command)
      : await fromPath(identity, refresh, post);
  const header = (refresh.header ?? "authorization").toLowerCase();
  const kept = Object.entries(identity.headers).filter(([name]) => name.toLowerCase() !== header);
  return {
    ...identity,
    headers: { ...Object.fromEntries(kept), [header]: `${refresh.prefix ?? "Bearer "}${token}` },
  };
}

async function fromCommand(
  { name }: Identity,
  [program, ...args]: readonly string[],
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program!, args, { timeout: 60_000 });
    const token = stdout.trim();
    if (/^[\x21-\x7e]{1,16000}$/.test(token)) return token;
  } catch {
    // Its error may hold what it was called with.
  }
  throw impossible(
    `The refresh command of ${name} printed no token.`,
    "Run it by hand; it must print the token and nothing else.",
  );
}

async function fromPath(
  identity: Identity,
  refresh: Extract<Refresh, { path: string }>,
  post: PostForm,
): Promise<string> {
  const { status, text } = await post(
    identity,
    refresh.path,
    new URLSearchParams(refresh.form).toString(),
  );
  const token = status === 200 ? fieldOf(text, refresh.field ?? "access_token") : null;
  if (token !== null) return token;
  throw impossible(
    `${refresh.path} gave ${identity.name} no token: it answered ${status}.`,
    'Check "refresh" in the identity\'s file.',
  );
}

function fieldOf(text: string, field: string): string | null {
  try {
    const value = (JSON.parse(text) as Record<string, unknown>)[field];
    return typeof value === "string" ? value : null;
  } catch {
    return null;
  }
}
