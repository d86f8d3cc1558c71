import type { Identity } from "../identity/identity.js";
import type { Marker, Markers } from "../things/markers.js";
import { BudgetSpent } from "./budget.js";
import type { Client } from "./client.js";
import type { Answer, Outgoing } from "./message.js";

/** An answer, and what it holds of other tenants. `status` is 0 where none came. */
export interface Reply extends Answer {
  readonly leaks: readonly Marker[];
}

/** Asks, and looks through each answer for what belongs to another tenant. */
export class Asker {
  /** Told of every reply. */
  onReply: (who: Identity, outgoing: Outgoing, reply: Reply) => void = () => undefined;

  constructor(
    private readonly client: Client,
    private readonly markers: Markers,
  ) {}

  async ask(who: Identity, outgoing: Outgoing): Promise<Reply> {
    return this.listen(who, outgoing, () => this.client.send(who, outgoing));
  }

  /** With these headers alone: without what signs the identity in. */
  async askBare(at: Identity, outgoing: Outgoing): Promise<Reply> {
    return this.listen(at, outgoing, () => this.client.sendBare(at, outgoing));
  }

  now(who: Identity): Identity {
    return this.client.identityNow(who);
  }

  private async listen(
    who: Identity,
    outgoing: Outgoing,
    send: () => Promise<Answer>,
  ): Promise<Reply> {
    const answer = await send().catch((error: unknown) => failed(error));
    const all = [answer.text, ...answer.headers.values()].join("\n");
    const reply = { ...answer, leaks: this.markers.foreignIn(all, who.tenant, sentIn(outgoing)) };
    this.onReply(who, outgoing, reply);
    return reply;
  }
}

/** A broken connection is an answer of its own kind; a spent budget ends the run. */
function failed(error: unknown): Answer {
  if (error instanceof BudgetSpent) throw error;
  if ((error as { name?: string }).name === "TenantryError") throw error;
  return { status: 0, headers: new Map(), text: "", milliseconds: 0 };
}

function sentIn({ path, body = "", headers = {}, rawHeaders = [] }: Outgoing): string {
  return [path, decoded(path), body, ...Object.values(headers), ...rawHeaders].join("\n");
}

/** Encoded once or twice, an id is still what was asked for. */
function decoded(path: string): string {
  try {
    const once = decodeURIComponent(path);
    return `${once}\n${decodeURIComponent(once)}`;
  } catch {
    return path;
  }
}
