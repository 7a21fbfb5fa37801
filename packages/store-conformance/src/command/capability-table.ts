import type { StoreCapabilities } from "@keywhen/core/store";

export function capabilityTable(capabilities: StoreCapabilities): readonly string[] {
  const rows = rowsOf(capabilities);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(([name, value, meaning]) =>
    `${name.padEnd(widths[0] ?? 0)}  ${value.padEnd(widths[1] ?? 0)}  ${meaning}`.trimEnd(),
  );
}

type Row = readonly [name: string, value: string, meaning: string];

function rowsOf(capabilities: StoreCapabilities): readonly Row[] {
  const { putIfAbsent, putIfVersion, orderedList, move, clock, limits } = capabilities;
  const { keyBytes, keySegmentCharacters, bucketCharacters } = limits;
  return [
    ["put if absent", yesNo(putIfAbsent), putIfAbsent ? "" : "no chosen delivery ids"],
    ["put if version", yesNo(putIfVersion), putIfVersion ? "" : "no lease: one sweeper at a time"],
    ["ordered list", yesNo(orderedList), orderedList ? "" : "can't hold a schedule"],
    [
      "move",
      move,
      move === "none" ? "a delivery is a copy and a delete" : "a delivery is one move",
    ],
    ["copy in one request", bytes(capabilities.singleCopyMaxBytes), ""],
    ["delete in one call", `${count(capabilities.deleteBatchSize)} keys`, ""],
    ["longest key", `${count(keyBytes)} bytes`, segmentNote(keySegmentCharacters)],
    ["longest bucket name", `${count(bucketCharacters)} characters`, ""],
    ["clock", clock, CLOCKS[clock]],
  ];
}

const CLOCKS: Readonly<Record<StoreCapabilities["clock"], string>> = {
  store: "answers carry the store's time",
  shared: "store and callers read one clock",
  none: "no lease: one sweeper at a time",
};

function segmentNote(characters: number | undefined): string {
  return characters === undefined ? "" : `${count(characters)} characters between two slashes`;
}

function yesNo(can: boolean): string {
  return can ? "yes" : "no";
}

function bytes(limit: number): string {
  return limit >= Number.MAX_SAFE_INTEGER ? "any size" : `up to ${count(limit)} bytes`;
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}
