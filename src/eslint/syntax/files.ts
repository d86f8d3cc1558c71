/** Whether a file's name fits one of the patterns: `**` any folders, `*` any part of a name. */
export function fitsAny(filename: string, patterns: readonly string[]): boolean {
  const name = filename.replaceAll("\\", "/");
  return patterns.some((pattern) => expressionOf(pattern).test(name));
}

function expressionOf(pattern: string): RegExp {
  const source = pattern
    .split(/(\*\*\/|\*\*|\*)/)
    .map((part) => {
      if (part === "**/") return "(?:.*/)?";
      if (part === "**") return ".*";
      return part === "*" ? "[^/]*" : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
    })
    .join("");
  return new RegExp(`(?:^|/)${source}$`);
}

/** Where requests are answered, by the customs of the frameworks. */
export const handlerFiles = [
  "**/routes/**",
  "**/handlers/**",
  "**/controllers/**",
  "**/api/**",
  "**/app/**/route.*",
  "**/app/**/page.*",
  "**/actions.*",
];
