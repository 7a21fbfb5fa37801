import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { azureMetadata, ownMetadata } from "./object-headers.js";

const name = fc.stringMatching(/^[a-z0-9-]{1,12}$/);
const metadata = fc.dictionary(name, fc.string(), { maxKeys: 20 });

describe("azureMetadata()", () => {
  it("writes names that are C# identifiers", () => {
    fc.assert(
      fc.property(metadata, (given) => {
        for (const written of Object.keys(azureMetadata(given))) {
          expect(written).toMatch(/^[a-z_][a-z0-9_]*$/);
        }
      }),
    );
  });

  it.each([
    ["keywhen-id", "keywhen_id"],
    ["1a", "_1a"],
    ["-1a", "__1a"],
    ["-a", "__a"],
    ["-", "__"],
  ])("writes %s as %s", (own, azure) => {
    expect(azureMetadata({ [own]: "value" })).toEqual({ [azure]: "value" });
  });
});

describe("ownMetadata()", () => {
  it("restores every name, whether its case is kept or not", () => {
    fc.assert(
      fc.property(metadata, (given) => {
        const written = Object.entries(azureMetadata(given));
        const upper = written.map(([azure, value]) => [azure.toUpperCase(), value]);
        expect(ownMetadata(Object.fromEntries(written))).toEqual({ ...given });
        expect(ownMetadata(Object.fromEntries(upper))).toEqual({ ...given });
      }),
    );
  });

  it("maps names that others wrote", () => {
    expect(ownMetadata({ Content_Owner: "me" })).toEqual({ "content-owner": "me" });
    expect(ownMetadata(undefined)).toEqual({});
  });
});
