import type { Schema } from "./schema.js";

const inSevenDays = () => new Date(Date.now() + 7 * 86_400_000).toISOString();

const formats: Readonly<Record<string, (canary: string) => string>> = {
  "date-time": () => inSevenDays(),
  date: () => inSevenDays().slice(0, 10),
  time: () => "12:00:00Z",
  duration: () => "PT1H",
  email: (canary) => `${canary}@example.com`,
  uri: (canary) => `https://example.com/${canary}`,
  url: (canary) => `https://example.com/${canary}`,
  hostname: (canary) => `${canary}.example.com`,
  ipv4: () => "192.0.2.1",
  ipv6: () => "2001:db8::1",
  uuid: () => crypto.randomUUID(),
  byte: (canary) => Buffer.from(canary).toString("base64"),
  password: (canary) => `Aa1!${canary}`,
};

/** By what a field is called, where no format says more. The first that fits. */
const names: readonly (readonly [RegExp, string])[] = [
  [/e-?mail/i, "email"],
  [/(^|_)(url|uri|link|website|webhook)|(Url|Uri)$/, "url"],
  [/(_at|At|timestamp)$/, "date-time"],
  [/(_on|On|date|Date)$/, "date"],
  [/password/i, "password"],
];

/** A text that a field of this schema and name is likely to take; with the canary where it can bear one. */
export function textFor(
  { format, pattern, minLength = 0, maxLength }: Schema,
  name: string,
  canary: string,
): string {
  const kind =
    format ?? (pattern === undefined ? names.find(([fits]) => fits.test(name))?.[1] : undefined);
  const special = kind === undefined ? undefined : formats[kind];
  if (special !== undefined) return special(canary);
  if (/currency/i.test(name) && maxLength === 3) return "EUR";
  const text = canary.padEnd(minLength, "x").slice(0, maxLength);
  return pattern === undefined || matches(pattern, text)
    ? text
    : ofPattern(pattern, canary, maxLength);
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    return true;
  }
}

/** Common patterns only: codes, colours, versions, phone numbers. What fits none is sent as it is. */
function ofPattern(pattern: string, canary: string, maxLength = 200): string {
  const upper = canary.toUpperCase();
  const tries = [
    upper,
    `A${upper}`,
    `#a1b2c3`,
    "EUR",
    "DE",
    "en",
    "en-US",
    "1.0.0",
    "+15550100",
    "12:00",
    "ABC-123",
    "abc",
    "ABC",
    "A1",
    "1",
    `${canary}@example.com`,
  ];
  return (
    tries.find((each) => each.length <= maxLength && matches(pattern, each)) ??
    canary.slice(0, maxLength)
  );
}
