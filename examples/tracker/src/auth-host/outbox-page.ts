import type { MailMessage } from "tenantry/identity";
import { html, type Html } from "../page/html.js";

/** The letters that a mail server would have delivered, the newest first. */
export function outboxMain(messages: readonly MailMessage[], origin: string): Html {
  const none = html`<p class="empty">Nothing was sent yet.</p>`;
  return html`<p class="intro">
      No mail leaves this machine. What would have been sent is here, to everyone who sits at it: in
      the demo only.
    </p>
    ${messages.length === 0 ? none : null}
    ${messages.toReversed().map(
      (message) =>
        html`<article class="card letter">
          <h2>${message.subject}</h2>
          <p class="hint">To ${message.to}</p>
          <pre>${withLinks(message.text, origin)}</pre>
        </article>`,
    )}`;
}

/** Only links to our own auth host can be followed; all else stays text. */
function withLinks(text: string, origin: string): readonly (string | Html)[] {
  return text
    .split(/(https?:\/\/\S+)/)
    .map((piece) =>
      piece.startsWith(`${origin}/`) ? html`<a href="${piece}">${piece}</a>` : piece,
    );
}
