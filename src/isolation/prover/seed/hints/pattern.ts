import { parsePattern, type Piece } from "./pattern-parser.js";

/**
 * Texts that a regular expression takes, of varied lengths and characters. An anchor is nothing, and
 * what may be anything is a letter: candidates, which the server judges.
 */
export function patternTexts(pattern: string): string[] {
  const piece = parsePattern(pattern);
  if (piece === undefined) return [];
  const texts = [0, 1, 2, 3, 5, 7, 11, 13].map((salt) => new Sampler(salt).sample(piece));
  return [...new Set(texts)];
}

const longest = 2000;

class Sampler {
  private picks = 0;

  constructor(private readonly salt: number) {}

  sample(piece: Piece): string {
    switch (piece.kind) {
      case "nothing":
        return "";
      case "characters":
        return this.pick(piece.characters);
      case "sequence":
        return piece.pieces.map((part) => this.sample(part)).join("");
      case "either":
        return this.sample(piece.pieces[this.salt % piece.pieces.length]!);
      case "repeat":
        return this.repeat(piece);
    }
  }

  private repeat({ piece, least, most }: Extract<Piece, { kind: "repeat" }>): string {
    // The smallest number first, then a few more.
    const wanted = this.salt === 0 ? least : least + (this.salt % 4) * 3;
    const times = Math.min(wanted === 0 && this.salt % 2 === 1 ? 1 : wanted, most, least + 12);
    let text = "";
    for (let time = 0; time < times && text.length < longest; time++) text += this.sample(piece);
    return text;
  }

  private pick(characters: string): string {
    this.picks += 1;
    return characters[(this.salt * this.picks * 7) % characters.length] ?? "";
  }
}
