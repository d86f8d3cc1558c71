import { call, plainFetch } from "./calls.js";
import { button, complain, element, onPress, part, show } from "./dom.js";

interface Choice {
  readonly tenant: { readonly name: string };
  readonly role: string;
  readonly login: string;
}

interface Device {
  readonly id: string;
  readonly current: boolean;
  readonly seenAt: string;
  readonly address: string | null;
  readonly userAgent: string | null;
}

const send = <T = void>(method: string, path: string, json?: unknown) =>
  call<T>(plainFetch, method, path, json);

async function open(): Promise<void> {
  const session = await fetch("/auth/session", { cache: "no-store" });
  if (session.status === 401) return location.replace("/sign-in");
  try {
    const { account } = (await session.json()) as { readonly account: { readonly email: string } };
    part("who").textContent = account.email;
    await showTenants();
    await showDevices();
    show("who", "signed-in");
  } catch {
    complain("The service was not reached. Reload the page.");
  }
}

onPress(part<HTMLButtonElement>("end-others"), async () => {
  await send("POST", "/auth/sessions/end-others", {});
  await showDevices();
});
onPress(part<HTMLButtonElement>("sign-out"), async () => {
  await send("POST", "/auth/sign-out", {});
  location.assign("/sign-in");
});

async function showTenants(): Promise<void> {
  const { tenants } = await send<{ tenants: readonly Choice[] }>("GET", "/auth/tenants");
  part("tenant-count").textContent = String(tenants.length);
  part("no-tenant").hidden = tenants.length > 0;
  part("tenants").replaceChildren(
    ...tenants.map(({ tenant, role, login }) =>
      element(
        "li",
        {},
        element("a", { href: login, textContent: tenant.name }),
        element("span", { className: "role", textContent: role }),
      ),
    ),
  );
}

async function showDevices(): Promise<void> {
  const { sessions } = await send<{ sessions: readonly Device[] }>("GET", "/auth/sessions");
  part("device-count").textContent = String(sessions.length);
  part("devices").replaceChildren(...sessions.map(deviceItem));
}

function deviceItem({ id, current, seenAt, address, userAgent }: Device): HTMLElement {
  const seen = `${address ?? "no address"}, last seen ${new Date(seenAt).toLocaleString()}`;
  const what = element(
    "span",
    {},
    userAgent ?? "An unknown program",
    element("small", { textContent: current ? `${seen} · this one` : seen }),
  );
  if (current) return element("li", {}, what);
  const end = button("Sign out", `Sign out the device last seen ${seenAt}`, async () => {
    await send("DELETE", `/auth/sessions/${id}`);
    await showDevices();
  });
  return element("li", {}, what, end);
}

await open();
