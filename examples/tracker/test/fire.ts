import { judge } from "../src/browser/verdict.js";
import type { Answer, Attack, Verdict } from "../src/demo/attack.js";
import type { RunningTracker } from "./running-tracker.js";

export interface Fired {
  readonly attack: Attack;
  readonly verdict: Verdict;
  readonly answer: Answer;
}

/** The attacks as the page offers them, the comparison included. */
export async function attacksOnPage(running: RunningTracker, host: string): Promise<Attack[]> {
  const { body } = await running.ask(host, "/");
  return [...body.matchAll(/data-attack="([^"]*)"/g)].map(
    ([, text]) => JSON.parse(unescapeHtml(text!)) as Attack,
  );
}

export async function fire(running: RunningTracker, host: string, attack: Attack): Promise<Fired> {
  const answer = await send(running, host, attack.request);
  const control = attack.control === undefined ? null : await send(running, host, attack.control);
  return { attack, answer, verdict: judge(attack, answer, control) };
}

/** One after the other. @returns the verdict by the attack's id */
export async function fireAll(
  running: RunningTracker,
  host: string,
): Promise<ReadonlyMap<string, Fired>> {
  const fired = new Map<string, Fired>();
  for (const attack of await attacksOnPage(running, host)) {
    fired.set(attack.id, await fire(running, host, attack));
  }
  return fired;
}

function send(running: RunningTracker, host: string, request: Attack["request"]): Promise<Answer> {
  const { method, path, headers = {}, body, anonymous = false } = request;
  const init = { method, headers, ...(body === undefined ? {} : { body }) };
  const bringsItsOwn = anonymous || "authorization" in headers;
  return bringsItsOwn ? running.ask(host, path, init) : running.askAs("owner", host, path, init);
}

function unescapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&#39;": "'",
    "&amp;": "&",
  };
  return text.replace(/&(?:lt|gt|quot|amp|#39);/g, (entity) => entities[entity]!);
}
