/** Takes secrets out of whatever a report holds, wherever they came in. */
export function redact<T>(value: T, secrets: readonly string[]): T {
  if (secrets.length === 0) return value;
  // The longest first: one may be part of another.
  const text = [...secrets]
    .sort((a, b) => b.length - a.length)
    .reduce(
      (kept, secret) => kept.replaceAll(JSON.stringify(secret).slice(1, -1), "…"),
      JSON.stringify(value),
    );
  return JSON.parse(text) as T;
}
