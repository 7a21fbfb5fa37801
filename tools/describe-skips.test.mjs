import { describe, expect, it } from "vitest";
import { describeSkips } from "./describe-skips.mjs";

const CEPH = { need: "Ceph's S3 gateway", packages: ["radosgw", "ceph-mon"] };
const AWS = { need: "the AWS CLI", packages: ["awscli"] };

function file(name, statuses, status = "passed") {
  return { name, status, assertionResults: statuses.map((one) => ({ status: one })) };
}

describe("what a test run says of its skipped tests", () => {
  it("is empty without skipped tests", () => {
    const all = [file("/a.test.ts", ["passed", "failed"])];
    expect(describeSkips(all, [])).toEqual({ lines: [], isExplained: true });
  });

  it("is what each lacks, and one command that brings all of it", () => {
    const all = [
      file("/a.test.ts", ["pending", "passed"]),
      file("/b.test.ts", ["skipped", "pending"]),
      file("/c.test.ts", ["pending"]),
    ];
    const recorded = [
      { file: "/a.test.ts", ...CEPH },
      { file: "/b.test.ts", ...CEPH },
      { file: "/c.test.ts", ...CEPH },
      { file: "/c.test.ts", ...AWS },
    ];
    expect(describeSkips(all, recorded)).toEqual({
      lines: [
        "",
        "Not tested, because this machine lacks something:",
        "  3 without Ceph's S3 gateway",
        "  1 without Ceph's S3 gateway and the AWS CLI",
        "To run them on Debian or Ubuntu: sudo apt-get update && sudo apt-get install -y --no-install-recommends awscli ceph-mon radosgw",
      ],
      isExplained: true,
    });
  });

  it("names no command if no package helps", () => {
    const recorded = [{ file: "/a.test.ts", need: "Linux", packages: [] }];
    const { lines } = describeSkips([file("/a.test.ts", ["pending"])], recorded);
    expect(lines.at(-1)).toBe("  1 without Linux");
  });

  it("complains of a test that is skipped without a reason", () => {
    const { lines, isExplained } = describeSkips([file("/a.test.ts", ["pending"])], []);
    expect(isExplained).toBe(false);
    expect(lines.at(-1)).toBe("  1 in /a.test.ts: use skipUnless()");
  });

  it("leaves tests to the failed hook before them", () => {
    const all = [file("/a.test.ts", ["pending"], "failed")];
    expect(describeSkips(all, [])).toEqual({ lines: [], isExplained: true });
  });
});
