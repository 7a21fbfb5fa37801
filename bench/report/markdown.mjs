/** A Markdown table: the first column to the left, the others to the right. */
export function tableOf(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, column) => (column === 0 ? "---" : "--:"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

/** Where and with what a benchmark ran. */
export function placeOf({ measured, machine, versions }, names) {
  const { cpu, cores, memoryGiB, system } = machine;
  const used = ["node", ...names].map((name) => `${name} ${versions[name]}`);
  return `*${measured}, ${cores} × ${cpu}, ${memoryGiB} GiB, ${system}; ${used.join(", ")}; keywhen at ${versions.keywhen}.*`;
}

export function counted(value) {
  return value.toLocaleString("en-US");
}
