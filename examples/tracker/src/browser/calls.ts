import { Refused } from "./dom.js";

type Send = (path: string, init: RequestInit) => Promise<Response>;

/** Sends JSON with it, where there is some. @throws {Refused} for anything but success */
export async function call<T = void>(
  send: Send,
  method: string,
  path: string,
  json?: unknown,
): Promise<T> {
  const response = await send(path, {
    method,
    cache: "no-store",
    ...(json === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(json) }),
  });
  if (!response.ok) throw new Refused(await problemOf(response));
  const text = await response.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

/** To the endpoints that the cookie signs in. */
export const plainFetch: Send = (path, init) => fetch(path, init);

const words: Readonly<Record<string, string>> = {
  PERMISSION_DENIED: "Your role does not allow that.",
  LAST_OWNER: "One owner has to stay.",
  ROLE_UNKNOWN: "There is no such role.",
  EMAIL_INVALID: "That is no e-mail address.",
  EMAIL_UNVERIFIED: "Confirm your address first: the letter has the link.",
  LINK_INVALID: "The link is used up, too old, or for another address.",
  SESSION_REQUIRED: "Sign in first.",
  SIGN_IN_BUSY: "Too many sign in just now. Try again in a moment.",
  SIGN_IN_LIMITED: "Too many attempts. Wait a few minutes.",
  SIGN_IN_REFUSED: "The address and the password do not sign anybody in.",
  TOKEN_REQUIRED: "Sign in first.",
  TOKEN_STALE: "Your standing here has changed. Reload the page.",
};

interface Refusal {
  readonly error?: { readonly code?: string; readonly title?: string; readonly detail?: string };
  /** Of a password that was not acceptable. */
  readonly problems?: readonly string[];
}

async function problemOf(response: Response): Promise<string> {
  const { error = {}, problems } = (await response.json().catch(() => ({}))) as Refusal;
  const { code = "", title = `Error ${response.status}`, detail } = error;
  return problems?.join(" ") ?? words[code] ?? detail ?? title;
}
