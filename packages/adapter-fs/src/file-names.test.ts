import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adjacentFolder, decodeFileName, decodeName, encodeSegment } from "./file-names.js";

const segments = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.string({ unit: fc.constantFrom(".", " ", "%", "|", "a", "C", "O", "N", "\u{1f4c5}") }),
  fc.string({ unit: "grapheme", minLength: 150, maxLength: 400 }),
  fc.constantFrom("con", "NUL.txt", "LPT1", "%empty", "a%file", "a%more", "%tmp", "%41"),
);

describe("encodeSegment()", () => {
  it.each([
    "a.pdf",
    "2026",
    "Ärger mit Büchern (2. Auflage), neu_1-3.txt",
    ".gitignore",
    "it's+$&;=@#!~`^{}[]",
    "\u{1f4c5}",
    "console.log",
  ])("keeps the ordinary name %j", (name) => {
    expect(encodeSegment(name)).toEqual([name]);
  });

  it.each([
    ["", "%empty"],
    [".", "%2E"],
    ["..", ".%2E"],
    ["end.", "end%2E"],
    ["end ", "end%20"],
    ["50%", "50%25"],
    ["2026-12-24T08:00:00.000Z|b|k", "2026-12-24T08%3A00%3A00.000Z%7Cb%7Ck"],
    ['\\:*?"<>|', "%5C%3A%2A%3F%22%3C%3E%7C"],
    ["line\nfeed\u007f", "line%0Afeed%7F"],
    ["con", "%63on"],
    ["NUL", "%4EUL"],
    ["com1.txt", "%63om1.txt"],
    ["aux .h", "%61ux .h"],
  ])("escapes %j", (segment, name) => {
    expect(encodeSegment(segment)).toEqual([name]);
  });

  it("lets a long segment go on in folders", () => {
    expect(encodeSegment("x".repeat(450))).toEqual([
      `${"x".repeat(200)}%more`,
      `${"x".repeat(200)}%more`,
      "x".repeat(50),
    ]);
  });

  it("cuts a long segment neither in an escape nor in a character", () => {
    expect(encodeSegment(`${"x".repeat(199)}|y`)).toEqual([`${"x".repeat(199)}%more`, "%7Cy"]);
    expect(encodeSegment(`${"x".repeat(198)}\u{1f4c5}`)).toEqual([
      `${"x".repeat(198)}%more`,
      "\u{1f4c5}",
    ]);
  });

  it("gives names that every file system takes", () => {
    fc.assert(
      fc.property(segments, (segment) => {
        for (const name of encodeSegment(segment)) {
          expect(Buffer.byteLength(adjacentFolder(name))).toBeLessThan(220);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not occur
          expect(name).not.toMatch(/^$|[\u0000-\u001f\u007f\\:*?"<>|]|[. ]$/);
          expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)( *\.| *$)/i);
        }
      }),
    );
  });

  it("gives names that decodeName() reads back as the segment", () => {
    fc.assert(
      fc.property(segments, (segment) => {
        const pieces = encodeSegment(segment).map(decodeName);
        expect(pieces.map((piece) => piece?.text).join("")).toBe(segment);
        const goOn = pieces.map((piece) => piece?.goesOn);
        expect(goOn).toEqual([...pieces.slice(1).map(() => true), false]);
      }),
    );
  });
});

describe("decodeFileName()", () => {
  it("reads a name with %file as the same object", () => {
    expect(decodeFileName("a")).toBe("a");
    expect(decodeFileName(adjacentFolder("a"))).toBe("a");
    expect(decodeFileName(adjacentFolder("%empty"))).toBe("");
  });

  it.each(["", "%", "50% off", "%tmp", "%file", "%more", "x%more", "a%meta-1-1", "%FF"])(
    "knows nothing of %j",
    (name) => {
      expect(decodeFileName(name)).toBeUndefined();
    },
  );
});
