/** An element of the page by its `data-part`. */
export function part<E extends HTMLElement = HTMLElement>(name: string): E {
  return document.querySelector<E>(`[data-part="${name}"]`)!;
}

/** A new element. Texts become text nodes, never HTML. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]>,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export function show(...names: readonly string[]): void {
  for (const name of names) part(name).hidden = false;
}

export function hide(...names: readonly string[]): void {
  for (const name of names) part(name).hidden = true;
}

/** A button; while `work` runs it cannot be pressed again. */
export function button(text: string, label: string, work: () => Promise<void>): HTMLButtonElement {
  const made = element("button", { type: "button", textContent: text, ariaLabel: label });
  onPress(made, work);
  return made;
}

export function onPress(pressed: HTMLButtonElement, work: () => Promise<void>): void {
  pressed.addEventListener("click", () => void busy(pressed, work));
}

/**
 * Runs `work` with the fields of a form, in place of the browser's own sending. The page has the button
 * disabled until then: the browser would put a password into the address.
 */
export function onSubmit(name: string, work: (fields: FormData) => Promise<void>): void {
  const form = part<HTMLFormElement>(name);
  const pressed = form.querySelector<HTMLButtonElement>("button[type=submit]")!;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void busy(pressed, () => work(new FormData(form)));
  });
  pressed.disabled = false;
}

async function busy(pressed: HTMLButtonElement, work: () => Promise<void>): Promise<void> {
  pressed.disabled = true;
  complain(null);
  try {
    await work();
  } catch (error) {
    complain(error instanceof Refused ? error.message : "The service was not reached. Try again.");
  } finally {
    pressed.disabled = false;
  }
}

/** What the service refused, in words for people. */
export class Refused extends Error {}

/** Shows what went wrong, or takes it away. */
export function complain(text: string | null): void {
  const box = part("problem");
  box.hidden = text === null;
  box.textContent = text ?? "";
}
