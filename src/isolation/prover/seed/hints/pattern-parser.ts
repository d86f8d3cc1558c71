/** What a regular expression is made of, as far as texts that match it are concerned. */
export type Piece =
  | { readonly kind: "nothing" }
  | { readonly kind: "characters"; readonly characters: string }
  | { readonly kind: "sequence"; readonly pieces: readonly Piece[] }
  | { readonly kind: "either"; readonly pieces: readonly Piece[] }
  | {
      readonly kind: "repeat";
      readonly piece: Piece;
      readonly least: number;
      readonly most: number;
    };

const nothing: Piece = { kind: "nothing" };
const lower = "abcdefghijklmnopqrstuvwxyz";
const upper = lower.toUpperCase();
const digit = "0123456789";
const anything = `${lower}${upper}${digit}-_.@/:# `;

const classes: Readonly<Record<string, string>> = {
  d: digit,
  w: `${lower}${upper}${digit}_`,
  s: " ",
  alpha: lower + upper,
  digit,
  alnum: lower + upper + digit,
  lower,
  upper,
  space: " ",
  punct: "-_.",
  xdigit: `${digit}abcdef`,
};

/** PostgreSQL's regular expressions, of the kinds that CHECKs hold; undefined where it cannot be read. */
export function parsePattern(pattern: string): Piece | undefined {
  const reader = new PatternReader(pattern.replace(/^\(\?[a-z]+\)|^\*\*\*[:=]/, ""));
  const piece = reader.either();
  return reader.isAtEnd ? piece : undefined;
}

class PatternReader {
  private position = 0;

  constructor(private readonly text: string) {}

  get isAtEnd(): boolean {
    return this.position >= this.text.length;
  }

  either(): Piece {
    const pieces = [this.sequence()];
    while (this.take("|")) pieces.push(this.sequence());
    return pieces.length === 1 ? pieces[0]! : { kind: "either", pieces };
  }

  private sequence(): Piece {
    const pieces: Piece[] = [];
    while (!this.isAtEnd && !this.sees("|") && !this.sees(")")) pieces.push(this.repeated());
    return { kind: "sequence", pieces };
  }

  private repeated(): Piece {
    let piece = this.one();
    for (;;) {
      const bounds = this.bounds();
      if (bounds === undefined) return piece;
      this.take("?"); // not greedy
      piece = { kind: "repeat", piece, least: bounds[0], most: bounds[1] };
    }
  }

  private bounds(): readonly [number, number] | undefined {
    if (this.take("*")) return [0, Infinity];
    if (this.take("+")) return [1, Infinity];
    if (this.take("?")) return [0, 1];
    const [all, least, comma, most] = /^\{(\d+)(,?)(\d*)\}/.exec(this.rest()) ?? [];
    if (all === undefined) return undefined;
    this.position += all.length;
    const from = Number(least);
    return [from, comma === "" ? from : most === "" ? Infinity : Number(most)];
  }

  private one(): Piece {
    if (this.take("^") || this.take("$")) return nothing;
    if (this.take(".")) return { kind: "characters", characters: lower };
    if (this.take("(")) return this.group();
    if (this.take("[")) return { kind: "characters", characters: this.set() };
    if (this.take("\\")) return this.escaped();
    return { kind: "characters", characters: this.next() };
  }

  private group(): Piece {
    const look = /^\?(<?[=!])/.exec(this.rest())?.[1];
    const opening = /^\?(:|<?[=!])/.exec(this.rest())?.[0] ?? "";
    this.position += opening.length;
    const piece = this.either();
    this.take(")");
    return look === undefined ? piece : nothing;
  }

  private escaped(): Piece {
    const letter = this.next();
    if ("AZmMyYbB<>".includes(letter)) return nothing;
    const negated = { D: lower, W: "-", S: lower + digit }[letter];
    return { kind: "characters", characters: classes[letter] ?? negated ?? controlOf(letter) };
  }

  /** Inside brackets, up to the one that closes. */
  private set(): string {
    const isNegated = this.take("^");
    let characters = "";
    for (let isFirst = true; !this.isAtEnd && (isFirst || !this.sees("]")); isFirst = false) {
      characters += this.member();
    }
    this.take("]");
    if (!isNegated) return characters;
    return [...anything].filter((character) => !characters.includes(character)).join("");
  }

  private member(): string {
    const named = /^\[:(\w+):\]/.exec(this.rest());
    if (named !== null) {
      this.position += named[0].length;
      return classes[named[1]!] ?? "";
    }
    const first = this.take("\\") ? this.next() : this.next();
    const isEscape = this.text[this.position - 2] === "\\";
    if (isEscape && classes[first] !== undefined) return classes[first];
    const from = isEscape ? controlOf(first) : first;
    if (
      !this.sees("-") ||
      this.text[this.position + 1] === "]" ||
      this.position + 1 >= this.text.length
    )
      return from;
    this.position += 1;
    const to = this.take("\\") ? controlOf(this.next()) : this.next();
    return between(from, to);
  }

  private rest(): string {
    return this.text.slice(this.position);
  }

  private sees(character: string): boolean {
    return this.text[this.position] === character;
  }

  private take(character: string): boolean {
    if (!this.sees(character)) return false;
    this.position += 1;
    return true;
  }

  private next(): string {
    return this.text[this.position++] ?? "";
  }
}

const controlOf = (letter: string) => ({ n: "\n", t: "\t", r: "\r" })[letter] ?? letter;

/** Printable ones, no more than 128. */
function between(from: string, to: string): string {
  const [first, last] = [from.charCodeAt(0), Math.min(to.charCodeAt(0), from.charCodeAt(0) + 127)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    String.fromCharCode(first + index),
  ).join("");
}
