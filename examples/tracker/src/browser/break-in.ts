import type { Answer, Attack, AttackRequest, Verdict } from "../demo/attack.js";
import { authorizedFetch } from "./token.js";
import { alike, judge } from "./verdict.js";

/** Most characters of a body that are shown. */
const longestShown = 1600;

const words: Readonly<Record<Verdict, string>> = {
  held: "Held",
  broken: "Broken in",
  unproven: "Not proven",
};

interface Card {
  readonly attack: Attack;
  readonly element: HTMLElement;
  readonly ours: boolean;
}

const cards = [...document.querySelectorAll<HTMLElement>("[data-attack]")].map((element): Card => ({
  attack: JSON.parse(element.dataset["attack"]!) as Attack,
  element,
  ours: element.dataset["lane"] === "ours",
}));
/** Those that the score counts: the comparison is not among them. */
const scored = cards.filter(({ element }) => element.closest(".lanes") === null);

for (const card of cards) {
  const button = part(card, "fire") as HTMLButtonElement;
  button.hidden = false;
  button.addEventListener("click", () => void fire(card).then(announce));
}

const fireAll = document.querySelector<HTMLButtonElement>("[data-fire-all]");
if (fireAll !== null) {
  fireAll.hidden = false;
  fireAll.addEventListener("click", () => {
    fireAll.disabled = true;
    void fireEach().finally(() => (fireAll.disabled = false));
  });
}

/** One after the other, as a person would. */
async function fireEach(): Promise<void> {
  for (const card of cards) await fire(card);
  announce(`${held()} of ${scored.length} attacks held.`);
}

/** @returns what came of it, in words */
async function fire(card: Card): Promise<string> {
  const { attack } = card;
  const button = part(card, "fire") as HTMLButtonElement;
  button.disabled = true;
  try {
    const answer = await send(attack.request);
    const control = attack.control === undefined ? null : await send(attack.control);
    return show(card, judge(attack, answer, control), answer, control);
  } catch {
    return show(
      card,
      "unproven",
      { status: 0, headers: {}, body: "The request did not get through." },
      null,
    );
  } finally {
    button.disabled = false;
    button.textContent = "Fire again";
  }
}

async function send(request: AttackRequest): Promise<Answer> {
  const { method, path, headers = {}, body, anonymous = false } = request;
  const bringsItsOwn = anonymous || "authorization" in headers;
  const response = await (bringsItsOwn ? fetch : authorizedFetch)(path, {
    method,
    headers,
    cache: "no-store",
    ...(body === undefined ? {} : { body }),
  });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
}

function show(card: Card, verdict: Verdict, answer: Answer, control: Answer | null): string {
  card.element.dataset["verdict"] = verdict;
  part(card, "verdict").textContent = words[verdict];
  const foreseen: Verdict = card.attack.succeeds === true ? "broken" : "held";
  part(card, "outcome").hidden = verdict !== foreseen;
  const box = part(card, "answer");
  box.hidden = false;
  box.replaceChildren(
    ...shown("Came back", answer, card.attack),
    ...(control === null ? [] : beside(answer, control, card.attack)),
  );
  document.querySelector("[data-held]")!.textContent = String(held());
  return `${card.attack.title}: ${words[verdict]}.`;
}

function held(): number {
  return scored.filter(({ element }) => element.dataset["verdict"] === "held").length;
}

/** For those who listen to the page. */
function announce(text: string): void {
  document.querySelector("[data-announce]")!.textContent = text;
}

function beside(answer: Answer, control: Answer, attack: Attack): readonly HTMLElement[] {
  if (!alike(answer, control)) return shown("For the id that nobody has", control, attack);
  const same = document.createElement("p");
  same.className = "answer-head";
  same.textContent = "For the id that nobody has: the same, header for header.";
  return [same];
}

function shown(title: string, { status, body }: Answer, { leak }: Attack): readonly HTMLElement[] {
  const heading = document.createElement("p");
  heading.className = "answer-head";
  const code = document.createElement("strong");
  code.textContent = status === 0 ? "no answer" : String(status);
  heading.append(`${title}: `, code);
  const text = document.createElement("pre");
  text.tabIndex = 0;
  text.append(...highlighted(shorten(pretty(body)), leak));
  return [heading, text];
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body === "" ? "(empty)" : body;
  }
}

function shorten(text: string): string {
  const more = text.length - longestShown;
  return more > 0 ? `${text.slice(0, longestShown)}\n… ${more} characters more` : text;
}

/** As text nodes, never as HTML: what comes back is not trusted. */
function highlighted(text: string, leak: string): readonly (string | HTMLElement)[] {
  return text.split(new RegExp(`(${leak})`)).map((piece, index) => {
    if (index % 2 === 0) return piece;
    const mark = document.createElement("mark");
    mark.textContent = piece;
    return mark;
  });
}

function part({ element }: Card, name: string): HTMLElement {
  return element.querySelector<HTMLElement>(`[data-part="${name}"]`)!;
}
