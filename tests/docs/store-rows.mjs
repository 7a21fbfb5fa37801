/** What the table of stores says of each, and where the kit was run. */
const STORES = {
  memory: { store: "`memoryStore` (core/testing)", server: "the reference" },
  fs: { store: "`@keywhen/adapter-fs`", server: "the file system, several processes" },
  s3: { store: "`@keywhen/adapter-s3`", server: "Ceph's gateway 16.2" },
  minio: { store: "`@keywhen/adapter-minio`", server: "Ceph's gateway 16.2" },
  gcs: {
    store: "`@keywhen/adapter-gcs`",
    server: "a test server of this repository, not Google's",
  },
  azure: {
    store: "`@keywhen/adapter-azure`",
    server:
      "Azurite 3.35, which lacks Put Block From URL (all promises hold behind a relay that adds it)",
  },
};

const HEAD = [
  "store",
  "kit run on",
  "promises",
  "put if absent, if version",
  "ordered list",
  "move",
  "largest copy in one request",
  "keys in one delete",
  "clock",
];

/** Returns the Markdown table of stores: what each declares, and how many of the kit's promises hold. */
export function tableOf(proved) {
  const rows = Object.entries(STORES).map(([name, { store, server }]) => {
    const { capabilities, kit } = proved[name];
    return [store, server, kit, ...cellsOf(capabilities)];
  });
  return [HEAD, HEAD.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |\n`).join("");
}

/** Returns the cells that describe a store's capabilities. */
export function cellsOf(capabilities) {
  const yesNo = (can) => (can ? "yes" : "no");
  const { putIfAbsent, putIfVersion, orderedList, move, clock } = capabilities;
  return [
    `${yesNo(putIfAbsent)}, ${yesNo(putIfVersion)}`,
    yesNo(orderedList),
    move,
    sizeOf(capabilities.singleCopyMaxBytes),
    capabilities.deleteBatchSize.toLocaleString("en-US"),
    clock,
  ];
}

function sizeOf(bytes) {
  if (bytes >= Number.MAX_SAFE_INTEGER) return "any size";
  const mebibytes = bytes / 1_048_576;
  return mebibytes >= 1_024 ? `${mebibytes / 1_024} GiB` : `${mebibytes} MiB`;
}
