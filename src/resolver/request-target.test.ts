import { describe, expect, it } from "vitest";
import { readTarget } from "./request-target.js";

describe("readTarget", () => {
  it.each([
    ["/", "/"],
    ["/a/b?c=/d?", "/a/b"],
    ["/a%2fb//c/../d", "/a%2fb//c/../d"],
    ["//b/x", "//b/x"],
    ["/a\\b", "/a\\b"],
    ["/http://b/", "/http://b/"],
  ])("reads %j as origin-form with the raw path %j", (target, path) => {
    expect(readTarget(target)).toEqual({ form: "origin", path });
  });

  it.each([
    ["http://b/x?y", "b", "/x"],
    ["HTTPS://B:443", "B:443", "/"],
    ["http://b?y=/z", "b", "/"],
    ["http://u@b//x", "u@b", "//x"],
  ])("reads %j as absolute-form", (target, authority, path) => {
    expect(readTarget(target)).toEqual({ form: "absolute", authority, path });
  });

  it("reads * as asterisk-form", () => {
    expect(readTarget("*")).toEqual({ form: "asterisk" });
  });

  it.each([
    ["nothing", ""],
    ["a relative path", "a/b"],
    ["authority-form", "b:443"],
    ["another scheme", "ftp://b/x"],
    ["no authority", "http:///x"],
    ["one slash", "http:/b"],
    ["an authority that two parsers end in different places", "http://a\\@b/x"],
    ["a fragment", "/x#y"],
    ["a fragment in the query", "/x?y#z"],
    ["a fragment after the authority", "http://a#@b/"],
    ["white space", "/a b"],
    ["a control character", "/a\tb"],
    ["a newline at the end", "/a\n"],
    ["a letter outside of ASCII", "/\u00e9"],
  ])("takes %s for malformed", (_, target) => {
    expect(readTarget(target)).toEqual({ form: "malformed" });
  });
});
