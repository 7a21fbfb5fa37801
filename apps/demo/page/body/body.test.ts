import { describe, expect, it } from "vitest";
import { bodyKind, imageType } from "./body-kind.js";
import { hexDump } from "./hex-dump.js";

const bytes = (...all: number[]) => new Uint8Array(all);
const text = (what: string) => new TextEncoder().encode(what);

describe("bodyKind()", () => {
  it("tells an image by its first bytes alone", () => {
    expect(bodyKind(bytes(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a))).toBe("image");
    expect(imageType(text("RIFF1234WEBP"))).toBe("image/webp");
    expect(imageType(text("RIFF1234WAVE"))).toBeUndefined();
  });

  it("takes a drawing that may hold a script for the text that it is", () => {
    expect(bodyKind(text("<svg onload=alert(1)></svg>"))).toBe("text");
  });

  it("takes what is no UTF-8, or holds a zero, for bytes", () => {
    expect(bodyKind(bytes(0xff, 0xfe, 0x41))).toBe("binary");
    expect(bodyKind(bytes(0x41, 0x00))).toBe("binary");
  });
});

describe("hexDump()", () => {
  it("writes sixteen bytes a line, and what can be printed of them", () => {
    expect(hexDump(text("hello, keywhen!\u0001\n")).split("\n")).toEqual([
      "00000000  68 65 6c 6c 6f 2c 20 6b  65 79 77 68 65 6e 21 01  |hello, keywhen!.|",
      `00000010  ${"0a".padEnd(48)}  |.|`,
    ]);
  });
});
