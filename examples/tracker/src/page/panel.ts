import type { Attack } from "../demo/attack.js";
import type { Comparison } from "../demo/comparison.js";
import { attackCard } from "./attack-card.js";
import { html, type Html } from "./html.js";

export interface PanelContents {
  readonly other: string;
  readonly groups: readonly AttackGroup[];
  /** Null where the twin could not be set up. */
  readonly comparisons: readonly Comparison[] | null;
  /** `http://acme.localhost:3000` */
  readonly origin: string;
}

export interface AttackGroup {
  readonly title: string;
  readonly intro: string;
  readonly attacks: readonly Attack[];
}

/** "Try to break in". */
export function panel({ other, groups, comparisons, origin }: PanelContents): Html {
  const count = groups.reduce((sum, { attacks }) => sum + attacks.length, 0);
  return html`<section class="panel" aria-labelledby="break-in">
    <header class="panel-head">
      <div>
        <h2 id="break-in">Try to break in</h2>
        <p>
          Every button sends a real request from this page, as whoever is signed in here, after the
          data of <strong>${other}</strong>. You see what came back, and it is judged by that alone.
        </p>
      </div>
      <div class="score">
        <p><span data-held>0</span> of ${count} held</p>
        <button type="button" class="primary" data-fire-all hidden>Fire all</button>
        <p role="status" class="unseen" data-announce></p>
      </div>
    </header>
    <noscript
      ><p class="notice">
        The buttons need JavaScript. Each attack is also shown as a line for your shell.
      </p></noscript
    >
    ${groups.map((group) => attackGroup(group, origin))}
    ${comparisons === null ? twinMissing : comparison(comparisons, origin)} ${unknownHost(origin)}
    ${foreignPage(origin)}
  </section>`;
}

function attackGroup({ title, intro, attacks }: AttackGroup, origin: string): Html {
  return html`<section class="group">
    <h3>${title}</h3>
    <p class="intro">${intro}</p>
    <div class="attacks">${attacks.map((attack) => attackCard(attack, origin))}</div>
  </section>`;
}

function comparison(comparisons: readonly Comparison[], origin: string): Html {
  return html`<section class="group">
    <h3>The usual way, for comparison</h3>
    <p class="intro">
      Many services set <code>app.tenant</code> for each request, and a policy compares it with the
      row. Here is a copy of the documents behind exactly that, with the same careless search in
      front. It exists in this demo only.
    </p>
    ${comparisons.map(
      ({ ours, usual }) =>
        html`<div class="lanes">
          <div class="lane">
            <p class="lane-name">Tenantry</p>
            ${attackCard(ours, origin, "ours")}
          </div>
          <div class="lane">
            <p class="lane-name">The usual way</p>
            ${attackCard(usual, origin, "usual")}
          </div>
        </div>`,
    )}
  </section>`;
}

const twinMissing = html`<section class="group">
  <h3>The usual way, for comparison</h3>
  <p class="intro">
    Left out: the login that migrates this database may not create the login that the comparison
    needs.
  </p>
</section>`;

function unknownHost(origin: string): Html {
  const { port } = new URL(origin);
  const address = port === "" ? "127.0.0.1" : `127.0.0.1:${port}`;
  return html`<section class="group">
    <h3>With another host</h3>
    <p class="intro">
      A browser always sends the host of the address bar, so this takes a shell. A host that is
      unknown, malformed or missing gets one and the same answer; there is no default tenant. A
      suspended tenant gets 403.
    </p>
    <pre tabindex="0">
${[
        `curl -i -H 'Host: initrode.localhost' http://${address}/`,
        `curl -i -H 'Host: acme..localhost' http://${address}/`,
        `curl -i -H 'Host:' http://${address}/`,
        `curl -i -H 'Host: initech.localhost' http://${address}/`,
      ].join("\n")}</pre>
  </section>`;
}

/** Another customer's page is the same site to a browser, which sends a Strict cookie along. */
function foreignPage(origin: string): Html {
  return html`<section class="group">
    <h3>From another page</h3>
    <p class="intro">
      A page cannot choose the <code>Origin</code> that its browser sends, so this takes a shell
      too. Whatever cookie comes along, a page of another origin gets no token: 403, and it is
      reported.
    </p>
    <pre tabindex="0">
curl -i -H 'Origin: http://evil.localhost' -H 'Cookie: __Host-tenantry-grant=stolen' -d grant_type=refresh_token ${origin}/auth/token</pre>
  </section>`;
}
