/** `{"a","b"}` */
export function arrays(elements: readonly string[], delimiter = ","): string[] {
  const [first = "", second = first, third = second] = elements;
  const list = (...items: string[]) => `{${items.map(arrayItem).join(delimiter)}}`;
  return [
    list(first),
    "{}",
    ...elements.slice(1, 12).map((element) => list(element)),
    list(first, second),
    list(first, second, third),
  ];
}

export const arrayItem = (text: string) =>
  `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

/** From one bound to the next that is above it: PostgreSQL refuses those that run backwards. */
export function ranges(bounds: readonly string[]): string[] {
  const [first = ""] = bounds;
  const own = bounds.slice(1).map((above) => `["${first}","${above}")`);
  return [...own, `["${first}","${first}"]`, `["${first}",)`, "empty"];
}

/** `("a","b")` */
export function composites(attributes: readonly (readonly string[])[]): string[] {
  const row = (pick: (options: readonly string[]) => string | undefined) =>
    `(${attributes.map((options) => compositeItem(pick(options))).join(",")})`;
  return [
    row((options) => options[0]),
    row((options) => options[1] ?? options[0]),
    row((options) => options[2] ?? options[0]),
    row(() => undefined),
  ];
}

function compositeItem(text: string | undefined): string {
  return text === undefined ? "" : `"${text.replaceAll("\\", "\\\\").replaceAll('"', '""')}"`;
}
