interface Held {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly renewAt: number;
}

/** Of this tab, in memory alone: no script that comes later can read it, and a reload asks anew. */
let held: Held | null = null;
let renewal: Promise<Held | null> | null = null;

/** The access token of this tenant; null where nobody is signed in here. */
export async function accessToken(): Promise<string | null> {
  if (held === null || Date.now() >= held.renewAt) held = await renew();
  return held?.token ?? null;
}

/** As `fetch`, with the token; where it is refused as stale, once more with a new one. */
export async function authorizedFetch(path: string, init: RequestInit = {}): Promise<Response> {
  const token = await accessToken();
  const response = await send(path, init, token);
  if (response.status !== 401 || token === null) return response;
  // Unless another call was quicker.
  if (held?.token === token) held = null;
  const renewed = await accessToken();
  return renewed === null ? response : send(path, init, renewed);
}

function send(path: string, init: RequestInit, token: string | null): Promise<Response> {
  const headers = new Headers(init.headers);
  if (token !== null) headers.set("authorization", `Bearer ${token}`);
  return fetch(path, { cache: "no-store", ...init, headers });
}

/** Never twice at once: not in this tab, and where the browser has locks, not in two tabs either. */
function renew(): Promise<Held | null> {
  renewal ??= alone(refresh).finally(() => (renewal = null));
  return renewal;
}

function alone<T>(work: () => Promise<T>): Promise<T> {
  const { locks } = navigator as { readonly locks?: LockManager };
  if (locks === undefined) return work();
  return locks.request("tracker-token", work);
}

/** The refresh token is in a cookie that no script reads. */
async function refresh(): Promise<Held | null> {
  const response = await fetch("/auth/token", {
    method: "POST",
    body: new URLSearchParams({ grant_type: "refresh_token" }),
    cache: "no-store",
  });
  if (response.status === 400) return null;
  if (!response.ok) throw new Error(`The token was not renewed: ${response.status}.`);
  const { access_token: token, expires_in: seconds } = (await response.json()) as {
    readonly access_token: string;
    readonly expires_in: number;
  };
  return { token, renewAt: Date.now() + seconds * 800 };
}
