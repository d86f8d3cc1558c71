import type { Me } from "../api/me.js";
import { call } from "./calls.js";
import { button, element, onSubmit, part, show } from "./dom.js";
import { openTenantPage } from "./tenant-page.js";
import { authorizedFetch } from "./token.js";

interface Member {
  readonly accountId: string;
  readonly email: string | null;
  readonly role: string;
  readonly status: "active" | "suspended";
}

interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly role: string;
}

const roles = ["owner", "admin", "member", "viewer"];

const send = <T = void>(method: string, path: string, json?: unknown) =>
  call<T>(authorizedFetch, method, path, json);

onSubmit("invite", async (fields) => {
  const json = { email: fields.get("email"), role: fields.get("role") };
  await send("POST", "/auth/invitations", json);
  part<HTMLFormElement>("invite").reset();
  await showInvitations();
});

async function showMembers(me: Me): Promise<void> {
  const { members } = await send<{ members: readonly Member[] }>("GET", "/auth/members");
  part("member-count").textContent = String(members.length);
  part("members").replaceChildren(...members.map((member) => row(member, me)));
}

/** What someone may is for the service to say: everyone gets every button. */
function row(member: Member, me: Me): HTMLElement {
  const { accountId, email, role, status } = member;
  const path = `/auth/members/${accountId}`;
  const name = email ?? accountId;
  const then = async (change: Promise<unknown>) => {
    await change.finally(() => showMembers(me));
  };
  const next = status === "active" ? "suspended" : "active";
  return element(
    "tr",
    {},
    element("td", {}, name, ...(accountId === me.accountId ? [element("small", {}, "you")] : [])),
    element("td", {}, roleChoice(name, role), changeRole()),
    element("td", { textContent: status }),
    element(
      "td",
      { className: "act" },
      button(status === "active" ? "Suspend" : "Reactivate", `${next}: ${name}`, () =>
        then(send("PATCH", path, { status: next })),
      ),
      button("Remove", `Remove ${name}`, () => then(send("DELETE", path))),
    ),
  );

  function changeRole(): HTMLButtonElement {
    const made = button("Change", `Change the role of ${name}`, () => {
      const choice = made.parentElement!.querySelector("select")!;
      return then(send("PATCH", path, { role: choice.value }));
    });
    return made;
  }
}

function roleChoice(name: string, current: string): HTMLSelectElement {
  const names = roles.includes(current) ? roles : [...roles, current];
  return element(
    "select",
    { ariaLabel: `Role of ${name}` },
    ...names.map((role) => element("option", { value: role, selected: role === current }, role)),
  );
}

async function showInvitations(): Promise<void> {
  const { invitations } = await send<{ invitations: readonly Invitation[] }>(
    "GET",
    "/auth/invitations",
  );
  part("invitations").replaceChildren(
    ...invitations.map(({ id, email, role }) =>
      element(
        "li",
        {},
        element("span", {}, element("strong", { textContent: email }), ` as ${role}`),
        button("Take back", `Take back the invitation of ${email}`, async () => {
          await send("DELETE", `/auth/invitations/${id}`);
          await showInvitations();
        }),
      ),
    ),
  );
}

await openTenantPage(async (me) => {
  await showMembers(me);
  if (!me.permissions.includes("members:manage")) return;
  await showInvitations();
  show("inviting");
});
