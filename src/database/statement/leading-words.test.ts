import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leadingWords } from "./leading-words.js";

const first = (text: string) => leadingWords(text, 1)[0];

describe("the leading words of a statement", () => {
  it.each([
    ["begin", ["BEGIN"]],
    ["  Start\tTransaction ", ["START", "TRANSACTION"]],
    ["-- a comment\nbegin", ["BEGIN"]],
    ["--\rbegin", ["BEGIN"]],
    ["-- never ended begin", []],
    ["/* a comment */begin", ["BEGIN"]],
    ["/* outer /* inner */ still outer */ begin", ["BEGIN"]],
    ["/*/* */*/ begin", ["BEGIN"]],
    ["/* never ended begin", []],
    ["/**/begin/**/work", ["BEGIN", "WORK"]],
    ["rollback/* x */to savepoint a", ["ROLLBACK", "TO", "SAVEPOINT", "A"]],
    [";;; begin", ["BEGIN"]],
    ["(((select 1)))", ["SELECT"]],
    ["explain (analyze, costs off) select 1", ["EXPLAIN", "ANALYZE", "COSTS", "OFF"]],
    ["set local tenantry.scope = 'x'", ["SET", "LOCAL", "TENANTRY.SCOPE"]],
    ['set local "tenantry.scope" = 1', ["SET", "LOCAL"]],
    ["'begin'", []],
    ["$1", []],
    ["", []],
    ["\ufeffbegin", ["BEGIN"]],
    ["\u00a0begin", ["BEGIN"]],
    ["\vbegin\f", ["BEGIN"]],
    ["ｂｅｇｉｎ", []],
    ["begın", ["BEG"]],
  ])("of %j are %j", (text, words) => {
    expect(leadingWords(text, 6)).toEqual(words);
  });

  it("are as many as were asked for", () => {
    expect(leadingWords("a b c d e", 3)).toEqual(["A", "B", "C"]);
    expect(leadingWords("a b", 0)).toEqual([]);
  });

  it("are the same whatever blanks and comments stand around them", () => {
    const comment = fc.letrec<{ comment: string }>((tie) => ({
      comment: fc
        .array(
          fc.oneof(
            {
              arbitrary: fc.constantFrom(" ", "x", "begin", "--", "'", '"', "\n", "$$"),
              weight: 4,
            },
            { arbitrary: tie("comment"), weight: 1 },
          ),
          { maxLength: 5 },
        )
        .map((parts) => `/*${parts.join("")}*/`),
    })).comment;
    const blank = fc.oneof(
      fc.constantFrom(" ", "\t", "\n", "\r\n", "(", ";", "-- x begin\n", "--\r"),
      comment,
    );
    const blanks = fc.array(blank, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(blanks, blanks, blanks, (a, b, c) => {
        expect(leadingWords(`${a}roll${b}back${c}`, 9)).toEqual(["ROLL", "BACK"]);
      }),
    );
  });

  it("take a time that grows no faster than the text", () => {
    const started = performance.now();
    for (const part of ["--\n", "/**/", "/*", "(", "/* /* */ */", "- ", "a "]) {
      leadingWords(part.repeat(200_000), 6);
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it("are found in any text without an error", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        for (const word of leadingWords(text, 6)) expect(word).toMatch(/^[A-Z_][A-Z0-9_.$]*$/);
      }),
    );
  });

  it("do not end in the middle of a word that is too long to be a keyword", () => {
    expect(first("b".repeat(500))).toHaveLength(128);
  });
});
