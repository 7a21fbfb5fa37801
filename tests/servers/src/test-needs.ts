import { existsSync } from "node:fs";
import { canRun } from "./can-run.js";
import { findBrowser } from "./find-browser.js";

export interface TestNeed {
  /** As it reads in "not tested without …". */
  readonly name: string;
  /** Of Debian; may be empty. */
  readonly packages: readonly string[];
  readonly isThere: () => boolean;
}

/** A Python that has boto3: the first on PATH, or Debian's, to which Debian's package belongs. */
const PYTHONS = ["python3", "/usr/bin/python3"];

export function pythonWithBoto3(): string | undefined {
  return PYTHONS.find((python) => canRun(python, ["-c", "import boto3"]));
}

const CEPH_PROGRAMS = [
  "ceph",
  "ceph-authtool",
  "monmaptool",
  "ceph-mon",
  "ceph-osd",
  "radosgw",
  "radosgw-admin",
];

export const TEST_NEEDS = {
  ceph: {
    name: "Ceph's S3 gateway",
    packages: ["ceph-mon", "ceph-osd", "radosgw"],
    isThere: () => CEPH_PROGRAMS.every((program) => canRun(program)),
  },
  browser: {
    name: "a browser",
    packages: ["chromium"],
    isThere: () => findBrowser() !== undefined,
  },
  aws: { name: "the AWS CLI", packages: ["awscli"], isThere: () => canRun("aws") },
  curl: { name: "curl", packages: ["curl"], isThere: () => canRun("curl") },
  boto3: {
    name: "Python with boto3",
    packages: ["python3-boto3"],
    isThere: () => pythonWithBoto3() !== undefined,
  },
  bash: { name: "bash", packages: ["bash"], isThere: () => canRun("bash") },
  git: { name: "git", packages: ["git"], isThere: () => canRun("git") },
  ps: { name: "ps", packages: ["procps"], isThere: () => canRun("ps") },
  script: {
    name: "script (of util-linux)",
    packages: ["bsdutils"],
    isThere: () => process.platform === "linux" && canRun("script"),
  },
} as const satisfies Record<string, TestNeed>;

/** What `npm run test:real` uses besides: AWS's runtime client compiles itself. */
export const REAL_TEST_NEEDS = {
  cmake: { name: "CMake", packages: ["cmake"], isThere: () => canRun("cmake") },
  compiler: {
    name: "a C++ compiler and make",
    packages: ["g++", "make"],
    isThere: () => canRun("g++") && canRun("make"),
  },
} as const satisfies Record<string, TestNeed>;

/** Linux, whose /proc some tests read. */
export const LINUX: TestNeed = {
  name: "Linux",
  packages: [],
  isThere: () => process.platform === "linux",
};

/** A device that is always full, as Linux has it. */
export const FULL_DISK: TestNeed = {
  name: "/dev/full (Linux)",
  packages: [],
  isThere: () => existsSync("/dev/full"),
};

export function installCommand(needs: readonly { readonly packages: readonly string[] }[]): string {
  const packages = new Set(needs.flatMap((need) => need.packages));
  return `apt-get install -y --no-install-recommends ${[...packages].join(" ")}`;
}
