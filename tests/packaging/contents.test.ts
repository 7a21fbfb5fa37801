import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  checkPackage,
  createPackageFromTarballData,
  type Package as Tarball,
} from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { importsOf } from "./imports-of.js";
import { type Manifest, privatePackages, publicPackages, ROOT } from "./public-packages.js";

const REPOSITORY = "git+https://github.com/keywhen/keywhen.git";

/**
 * The JavaScript of a package in bytes, source maps left out: what was measured and about 5 %. Raise one only with a
 * reason, and look first for what the package holds and does not need.
 */
const BOUNDS: Readonly<Record<string, number>> = {
  "@keywhen/adapter-azure": 55_500, // 14 kB is the adapter kit, bundled because its package is private; its errors by code, copies between accounts, uploads in blocks
  "@keywhen/adapter-fs": 103_500, // 3 kB is the adapter kit, as above, which reads its URL and options; conditions, metadata and safe writes, which a folder has not: locks and syncs that several calls share, sidecars, temporary files
  "@keywhen/adapter-gcs": 49_500, // 14 kB is the adapter kit, as above; the JSON API spoken directly, and each answer confirmed
  "@keywhen/adapter-minio": 90_000, // 65 kB is the S3 protocol and the adapter kit, bundled as above
  "@keywhen/adapter-s3": 108_500, // 65 kB is the S3 protocol and the adapter kit, as above, and 26 kB the fast lane
  "@keywhen/consumer": 19_200, // a reader for each service's notifications, and handler()
  "@keywhen/core": 360_000, // not minified; a third of it is the sweep, with its destinations, 14 kB the journal: its format, writer and reader, and 24 kB names: their format, lock and verbs
  "@keywhen/doctor": 105_000, // a check for each thing that keywhen needs of a store; 73 kB reads recurring schedules and their rules, bundled with croner
  "@keywhen/lambda": 590_000, // 547 kB is the ready function, and of that 309 kB the AWS SDK, 51 kB recurring schedules (croner: 33), and 22 kB webhooks
  "@keywhen/recurring": 48_000, // not minified; croner and valibot are dependencies
  "@keywhen/s3-scheduler": 13_000, // the package's key format, and the migration from it
  "@keywhen/store-conformance": 84_500, // a test of each promise of a store, and of a destination
  "@keywhen/telemetry": 6_000, // one observer
  "@keywhen/webhook": 14_500, // not minified; standardwebhooks is a dependency
  keywhen: 560_000, // minified; core with searches by delivery id, names, and full destinations that are listed again, the journal and its reader, webhooks and commands, recurring schedules with croner, and the two adapters that it brings along, each with its part of the kit, are bundled into it
};

/** What a command line loads only when it is asked for, and says how to install. */
const LOADED_ON_REQUEST: Readonly<Record<string, readonly string[]>> = {
  keywhen: [
    "@keywhen/adapter-azure",
    "@keywhen/adapter-gcs",
    "@keywhen/adapter-minio",
    "@keywhen/telemetry",
  ],
};

/** No types, by design: a template, and a command without an API. */
const WITHOUT_TYPES: Readonly<Record<string, readonly string[]>> = {
  "@keywhen/lambda": ["./template.yaml"],
};

describe.each(publicPackages)("the tarball of $name", ({ name, folder, manifest }) => {
  let bytes: Buffer;
  let tarball: Tarball;
  let files: string[];
  const read = (file: string) => tarball.readFile(`/node_modules/${name}/${file}`);
  beforeAll(() => {
    bytes = readFileSync(inject("tarballs")[name] ?? "");
    tarball = createPackageFromTarballData(bytes);
    const prefix = `/node_modules/${name}/`;
    files = tarball.listFiles(prefix).map((file) => file.slice(prefix.length));
  });

  it("says what it is, whose it is and how it is published", () => {
    expect(JSON.parse(read("package.json"))).toMatchObject({
      name,
      description: expect.stringMatching(/^.{20,}\.$/),
      keywords: expect.arrayContaining(["keywhen", "scheduler"]),
      license: "MIT",
      repository: { type: "git", url: REPOSITORY, directory: folder },
      type: "module",
      engines: { node: ">=20.19" },
      publishConfig: { access: "public", provenance: true },
      ...("bin" in manifest && !manifest.exports ? {} : { sideEffects: false }),
    });
  });

  it("needs no package of ours but core, which its user installs next to it", () => {
    const packed: Manifest = JSON.parse(read("package.json"));
    const isOurs = (dependency: string) => publicPackages.some(({ name }) => name === dependency);
    expect(Object.keys(packed.dependencies ?? {}).filter(isOurs)).toEqual([]);
    const peers = Object.entries(packed.peerDependencies ?? {});
    const ours = peers.filter(([peer]) => isOurs(peer) || peer.startsWith("@keywhen/"));
    expect(ours.length).toBeLessThanOrEqual(1);
    for (const peer of ours) expect(peer).toEqual(["@keywhen/core", `^${manifest.version}`]);
  });

  it("mentions no private package of this workspace", () => {
    const code = files.filter((file) => /\.(?:m?js|d\.ts)$/.test(file));
    const mentions = code.flatMap((file) =>
      privatePackages
        .filter((one) => read(file).includes(`"${one}`))
        .map((one) => `${file}: ${one}`),
    );
    expect(mentions).toEqual([]);
  });

  it("has the licence and a page that says what it is for", () => {
    expect(read("LICENSE")).toBe(readFileSync(join(ROOT, "LICENSE"), "utf8"));
    expect(read("README.md")).toMatch(/^# \S/);
  });

  it("has nothing of our tests and of our machines", () => {
    expect(
      files.filter((file) => /\.test\.|test-support|fixtures|\.tsbuildinfo/.test(file)),
    ).toEqual([]);
    for (const file of files) {
      expect(read(file).includes(ROOT), `${file} names ${ROOT}`).toBe(false);
    }
    for (const map of files.filter((file) => file.endsWith(".map"))) {
      const { sources, sourcesContent } = JSON.parse(read(map));
      expect(sources).toEqual(sources.map(() => expect.stringMatching(/^(?:\.\.\/)+\w/)));
      expect(sourcesContent).toHaveLength(sources.length);
    }
  });

  it("keeps its size", () => {
    const sizes = files.filter((file) => /\.m?js$/.test(file)).map((file) => read(file).length);
    const sum = sizes.reduce((total, size) => total + size, 0);
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThanOrEqual(BOUNDS[name] ?? 0);
  });

  it("imports nothing but what comes with it", () => {
    const { dependencies, peerDependencies } = manifest;
    const comes = [name, ...Object.keys({ ...dependencies, ...peerDependencies })];
    const allowed = [...comes, ...(LOADED_ON_REQUEST[name] ?? [])];
    const code = files.filter((file) => /\.(?:m?js|d\.ts)$/.test(file));
    const missing = code.flatMap((file) =>
      importsOf(file, read(file))
        .filter((imported) => !allowed.includes(imported))
        .map((imported) => `${file}: ${imported}`),
    );
    expect(missing).toEqual([]);
  });

  it("has nothing that publint finds wrong", async () => {
    const { messages, pkg } = await publint({
      pack: { tarball: new Uint8Array(bytes).buffer },
      strict: true,
    });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it("has types that every kind of import finds", async () => {
    const { exports = {} } = manifest;
    if (Object.keys(exports).length === 0) return expect(files).toContain("dist/main.js");
    const analysis = await checkPackage(tarball, {
      excludeEntrypoints: [...(WITHOUT_TYPES[name] ?? [])],
    });
    expect(analysis.types).not.toBe(false);
    // `require` gives the ES module itself, as Node does from 20.19 on, and TypeScript's old "node10" knows no exports.
    const problems = "problems" in analysis ? analysis.problems : [];
    const known = ["CJSResolvesToESM"];
    const wrong = problems.filter(
      (problem) =>
        !known.includes(problem.kind) &&
        !("resolutionKind" in problem && problem.resolutionKind === "node10"),
    );
    expect(wrong).toEqual([]);
  });
});
