import type { Attack, AttackRequest } from "../demo/attack.js";
import { curlOf } from "./curl.js";
import { html, type Html } from "./html.js";

/** One attack: what it does, its button, and where break-in.ts writes what came back. */
export function attackCard(attack: Attack, origin: string, lane: "ours" | "usual" = "ours"): Html {
  const { id, title, tries, outcome, request } = attack;
  return html`<article
    class="attack"
    id="attack-${id}"
    data-lane="${lane}"
    data-attack="${JSON.stringify(attack)}"
  >
    <header>
      <h4>${title}</h4>
      <p class="verdict" data-part="verdict"></p>
    </header>
    <p>${tries}</p>
    <p class="outcome" data-part="outcome" hidden>${outcome}</p>
    <div class="actions">
      <button type="button" data-part="fire" aria-label="Fire: ${title}" hidden>Fire</button>
      <details>
        <summary>Request</summary>
        <pre tabindex="0">${readable(request)}</pre>
        <p class="hint">From a shell:</p>
        <pre tabindex="0">${curlOf(request, origin)}</pre>
      </details>
    </div>
    <div class="answer" data-part="answer" hidden></div>
  </article>`;
}

/** The request with the search decoded, and long values cut. */
function readable({ method, path, headers = {}, body }: AttackRequest): string {
  const [target = "", query] = path.split("?");
  const search = query === undefined ? null : new URLSearchParams(query).get("search");
  return [
    `${method} ${target}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${cut(value)}`),
    ...(body === undefined ? [] : ["", body]),
    ...(search === null ? [] : ["", `search = ${search}`]),
  ].join("\n");
}

function cut(value: string): string {
  return value.length > 60 ? `${value.slice(0, 60)}…` : value;
}
