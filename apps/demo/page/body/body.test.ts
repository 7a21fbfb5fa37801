import { describe, expect, it } from "vitest";
import { bodyKind, hexDump, imageType } from "./body-kind.js";

const bytes = (...all: number[]) => new Uint8Array(all);
const text = (what: string) => new TextEncoder().encode(what);

describe("bodyKind()", () => {
  it("recognizes an image by its first bytes alone", () => {
    expect(bodyKind(bytes(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a))).toBe("image");
    expect(imageType(text("RIFF1234WEBP"))).toBe("image/webp");
    expect(imageType(text("RIFF1234WAVE"))).toBeUndefined();
  });

  it("shows an SVG, which can contain a script, as text", () => {
    expect(bodyKind(text("<svg onload=alert(1)></svg>"))).toBe("text");
  });

  it("shows bytes that are not UTF-8 or contain a zero in hex", () => {
    expect(bodyKind(bytes(0xff, 0xfe, 0x41))).toBe("binary");
    expect(bodyKind(bytes(0x41, 0x00))).toBe("binary");
  });
});

describe("hexDump()", () => {
  it("writes sixteen bytes a line, and the printable ones as text", () => {
    expect(hexDump(text("hello, keywhen!\u0001\n")).split("\n")).toEqual([
      "00000000  68 65 6c 6c 6f 2c 20 6b  65 79 77 68 65 6e 21 01  |hello, keywhen!.|",
      `00000010  ${"0a".padEnd(48)}  |.|`,
    ]);
  });
});
