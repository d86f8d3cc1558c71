import { shortWord, type RowSeed } from "./seed-number.js";
import { uuidOf } from "./uuid.js";

/** Texts of the forms that CHECKs ask for: the plainest first, the first different for every row. */
export function texts(seed: RowSeed, length: number): string[] {
  const word = seed.word.length <= length ? seed.word : shortWord(seed, length);
  const short = shortWord(seed, 8);
  const forms = [
    word,
    word.replaceAll("-", ""),
    word.replaceAll("-", "_"),
    short,
    word.toUpperCase(),
    `${word}@example.com`,
    `${short}@example.com`,
    `https://example.com/${word}`,
    `${word}.example.com`,
    `${short}.example.com`,
    `/${word}`,
    uuidOf(seed),
    String(seed.offset + seed.number),
    String(seed.number),
    digits(seed, 10),
    `+4930${digits(seed, 8)}`,
    `#${hexadecimal(seed, 6)}`,
    hexadecimal(seed, 32),
    hexadecimal(seed, 40),
    hexadecimal(seed, 64),
    letters(seed, 2),
    letters(seed, 2).toUpperCase(),
    letters(seed, 3).toUpperCase(),
    "en",
    "en-US",
    "US",
    "USD",
    "UTC",
    "1.0.0",
    "12:00",
    "2024-01-01",
    "2024-01-01T00:00:00Z",
    "192.0.2.1",
    "{}",
    "[]",
    "0",
    "1",
    "A",
    "a",
    "",
  ];
  return [...new Set(forms.filter((form) => form.length <= length))];
}

const digits = (seed: RowSeed, length: number) =>
  String(seed.offset + seed.number)
    .padStart(length, "1")
    .slice(-length);

const hexadecimal = (seed: RowSeed, length: number) =>
  (seed.offset + seed.number).toString(16).padStart(length, "a").slice(-length);

function letters({ number }: RowSeed, length: number): string {
  let rest = number;
  return Array.from({ length }, () => {
    const letter = String.fromCharCode(97 + (rest % 26));
    rest = Math.floor(rest / 26);
    return letter;
  })
    .reverse()
    .join("");
}
