import type { RowSeed } from "./seed-number.js";

/** PostgreSQL's geometry. */
export function shapes(type: string, { number }: RowSeed): string[] | undefined {
  const [x, y] = [number % 180, Math.floor(number / 180)];
  const forms: Readonly<Record<string, string>> = {
    point: `(${x},${y})`,
    line: `{1,-1,${number}}`,
    lseg: `[(${x},${y}),(${x + 1},${y + 1})]`,
    box: `(${x + 0.5},${y + 0.5}),(${x},${y})`,
    path: `((${x},${y}),(${x + 1},${y}),(${x},${y + 1}))`,
    polygon: `((${x},${y}),(${x + 1},${y}),(${x},${y + 1}))`,
    circle: `<(${x},${y}),0.25>`,
  };
  const form = forms[type];
  return form === undefined ? undefined : [form];
}

/** Types of well-known extensions, told by name: their input functions judge. */
export function extensionTexts(
  type: string,
  modifiers: readonly number[],
  { word, number }: RowSeed,
): string[] | undefined {
  const label = word.replaceAll("-", "_");
  const [x, y] = [number % 90, Math.floor(number / 90) % 90];
  const [size = 3] = modifiers;
  const vector = `[${Array.from({ length: size }, (_, index) => (index === 0 ? number : 1)).join(",")}]`;
  const forms: Readonly<Record<string, readonly string[]>> = {
    hstore: [`"seed"=>"${word}"`, ""],
    ltree: [`seed.${label}`, label],
    lquery: [`seed.${label}.*`],
    ltxtquery: [label],
    vector: [vector],
    halfvec: [vector],
    sparsevec: [`{1:${number}}/${size}`],
    geometry: [
      `SRID=4326;POINT(${x} ${y})`,
      `POINT(${x} ${y})`,
      `SRID=4326;MULTIPOLYGON(((0 0,0 1,1 1,0 0)))`,
      `SRID=4326;POLYGON((0 0,0 1,1 1,0 0))`,
      `SRID=4326;LINESTRING(0 0,1 ${y})`,
    ],
    geography: [`SRID=4326;POINT(${x} ${y})`, "SRID=4326;POLYGON((0 0,0 1,1 1,0 0))"],
    cube: [`(${number},1)`],
    seg: [String(number)],
    isbn13: ["978-0-306-40615-7"],
    isbn: ["0-306-40615-2"],
    ean13: ["400-638133393-1"],
    semver: [`1.0.${number}`],
  };
  const form = forms[type];
  return form === undefined ? undefined : [...form];
}
