/** HTML that is safe to print: made by `markup`, which escapes whatever is put into it. */
export interface Markup {
  readonly text: string;
}

type Part = string | Markup | readonly Markup[];

/** A template of HTML; strings that are put in are escaped, for text and for quoted attributes. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const text = strings.reduce(
    (before, string, index) => before + render(parts[index - 1]!) + string,
  );
  return { text };
}

/** Text of our own that is HTML, or CSS, already. */
export function safe(text: string): Markup {
  return { text };
}

function render(part: Part): string {
  if (typeof part === "string") return escaped(part);
  if ("text" in part) return part.text;
  return part.map(({ text }) => text).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => entities[letter]!);
}
