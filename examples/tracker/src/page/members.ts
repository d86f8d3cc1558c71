import { html } from "./html.js";
import { needsScript } from "./layout.js";

export const roleNames = ["owner", "admin", "member", "viewer"] as const;

/** The least but one is what most people are invited as. */
const roleOption = (role: string) =>
  role === "member"
    ? html`<option value="${role}" selected>${role}</option>`
    : html`<option value="${role}">${role}</option>`;

/** What members.ts of the browser fills in. */
export const membersMain = html`${needsScript}
  <section class="card narrow" data-part="signed-out" hidden>
    <h2>You are not signed in here</h2>
    <p><a class="button primary" href="/auth/login?return_to=/members">Sign in</a></p>
  </section>
  <div class="data one" data-part="signed-in" hidden>
    <section class="card" aria-labelledby="members">
      <header>
        <h2 id="members">Members</h2>
        <span class="count" data-part="member-count"></span>
      </header>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="members">
        <table>
          <thead>
            <tr>
              <th scope="col">Address</th>
              <th scope="col">Role</th>
              <th scope="col">Status</th>
              <th scope="col"><span class="unseen">Actions</span></th>
            </tr>
          </thead>
          <tbody data-part="members"></tbody>
        </table>
      </div>
    </section>
    <section class="card" aria-labelledby="invitations" data-part="inviting" hidden>
      <header><h2 id="invitations">Invitations</h2></header>
      <form class="search" data-part="invite">
        <label for="email">Address</label>
        <input id="email" name="email" type="email" required maxlength="254" autocomplete="off" />
        <label for="role">Role</label>
        <select id="role" name="role">
          ${roleNames.map(roleOption)}
        </select>
        <button type="submit" disabled>Invite</button>
      </form>
      <ul class="plain" data-part="invitations"></ul>
    </section>
  </div>`;
