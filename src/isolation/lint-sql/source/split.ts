import { endOfQuoted } from "./quoted.js";

/** A piece of a migration file; `start` counts UTF-16 code units. */
export interface Piece {
  /** `meta` is a command to psql, as `\connect`; the server never sees it. */
  readonly kind: "statement" | "meta";
  readonly text: string;
  readonly start: number;
}

export interface Comment {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface Split {
  readonly pieces: readonly Piece[];
  readonly comments: readonly Comment[];
}

/**
 * Cuts a file into statements as psql does: at semicolons outside of quotes, comments, rules' action
 * lists and SQL bodies. One statement that cannot be read so leaves the others readable. The rows
 * below `COPY … FROM stdin` are skipped.
 */
export function splitSql(text: string): Split {
  const pieces: Piece[] = [];
  const comments: Comment[] = [];
  let start = 0;
  let at = 0;
  const nesting = new Nesting();
  const close = (end: number) => {
    const piece = text.slice(start, end);
    if (!nesting.isEmpty) pieces.push({ kind: "statement", text: piece, start });
    nesting.reset();
  };
  while (at < text.length) {
    const comment = commentAt(text, at);
    if (comment !== undefined) {
      comments.push(comment);
      at = comment.end;
      continue;
    }
    const quoted = endOfQuoted(text, at);
    if (quoted !== undefined) {
      nesting.quoted();
      at = quoted;
      continue;
    }
    const character = text[at]!;
    if (character === "\\") {
      close(at);
      const end = endOfLine(text, at);
      pieces.push({ kind: "meta", text: text.slice(at, end).trim(), start: at });
      start = at = end;
      continue;
    }
    if (character === ";" && nesting.mayEnd) {
      const next = nesting.copiesFromStdin ? endOfRows(text, at + 1) : at + 1;
      close(at);
      start = at = next;
      continue;
    }
    at += nesting.take(text, at);
  }
  close(text.length);
  return { pieces, comments };
}

/** Where a semicolon does not end the statement: CREATE RULE … DO (a; b), and BEGIN ATOMIC … END. */
class Nesting {
  #words: string[] = [];
  #previous = "";
  #parentheses = 0;
  #blocks = 0;
  #empty = true;
  copiesFromStdin = false;

  get isEmpty(): boolean {
    return this.#empty;
  }

  get mayEnd(): boolean {
    return this.#blocks === 0 && (this.#parentheses === 0 || !this.#begins("rule"));
  }

  reset(): void {
    this.#words = [];
    this.#previous = "";
    this.#parentheses = this.#blocks = 0;
    this.#empty = true;
    this.copiesFromStdin = false;
  }

  quoted(): void {
    this.#empty = false;
    this.#previous = "";
  }

  /** @returns how many characters were taken */
  take(text: string, at: number): number {
    const [word] = /[\p{L}_][\p{L}\p{N}_$]*/uy[Symbol.match](text.slice(at, at + 128)) ?? [];
    if (word !== undefined) {
      this.#word(word.toLowerCase());
      return word.length;
    }
    const character = text[at]!;
    if (character.trim() !== "") this.#empty = false;
    if (character === "(") this.#parentheses += 1;
    if (character === ")") this.#parentheses = Math.max(0, this.#parentheses - 1);
    return 1;
  }

  #word(word: string): void {
    this.#empty = false;
    if (this.#words.length < 4) this.#words.push(word);
    const hasBody = this.#begins("function") || this.#begins("procedure");
    if (word === "atomic" && this.#previous === "begin" && hasBody) this.#blocks = 1;
    else if (this.#blocks > 0 && (word === "case" || word === "begin")) this.#blocks += 1;
    else if (this.#blocks > 0 && word === "end") this.#blocks -= 1;
    const fromStdin = word === "stdin" && this.#previous === "from";
    if (fromStdin && this.#words[0] === "copy") this.copiesFromStdin = true;
    this.#previous = word;
  }

  /** `create <kind>` or `create or replace <kind>`. */
  #begins(kind: string): boolean {
    const [first, second, third, fourth] = this.#words;
    if (first !== "create") return false;
    return second === kind || (second === "or" && third === "replace" && fourth === kind);
  }
}

function commentAt(text: string, at: number): Comment | undefined {
  if (text.startsWith("--", at)) {
    const end = endOfLine(text, at);
    return { text: text.slice(at + 2, end).trim(), start: at, end };
  }
  if (!text.startsWith("/*", at)) return undefined;
  const mark = /\/\*|\*\//g;
  mark.lastIndex = at + 2;
  for (let depth = 1, found = mark.exec(text); found !== null; found = mark.exec(text)) {
    depth += found[0] === "/*" ? 1 : -1;
    if (depth > 0) continue;
    return { text: text.slice(at + 2, found.index).trim(), start: at, end: mark.lastIndex };
  }
  return { text: text.slice(at + 2).trim(), start: at, end: text.length };
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end;
}

/** Without its end mark there are no rows: a driver sent them. */
function endOfRows(text: string, at: number): number {
  const mark = /^\\\.[ \t\r]*$/gm;
  mark.lastIndex = at;
  return mark.exec(text) === null ? at : mark.lastIndex;
}
