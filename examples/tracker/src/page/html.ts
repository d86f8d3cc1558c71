/** A piece of HTML that needs no further escaping. */
export class Html {
  constructor(readonly text: string) {}
}

export type HtmlValue = string | number | Html | null | readonly HtmlValue[];

/** HTML from a template: whatever is put in is escaped, unless it is Html already. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const text = parts.map((part, index) => part + render(values[index] ?? null));
  return new Html(text.join(""));
}

function render(value: HtmlValue): string {
  if (value === null) return "";
  if (value instanceof Html) return value.text;
  if (typeof value === "string" || typeof value === "number") return escape(String(value));
  return value.map(render).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** For text and for attribute values, which the templates always put in double quotes. */
function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
