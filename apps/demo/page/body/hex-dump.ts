const BYTES_A_LINE = 16;

/** Bytes as `00000010  68 65 6c 6c 6f …  |hello…|`, one line each sixteen. */
export function hexDump(data: Uint8Array): string {
  const lines: string[] = [];
  for (let start = 0; start < data.length; start += BYTES_A_LINE) {
    const row = data.subarray(start, start + BYTES_A_LINE);
    const offset = start.toString(16).padStart(8, "0");
    const hex = Array.from(row, (byte) => byte.toString(16).padStart(2, "0"));
    lines.push(`${offset}  ${columns(hex)}  |${Array.from(row, printable).join("")}|`);
  }
  return lines.join("\n");
}

function columns(hex: readonly string[]): string {
  const half = BYTES_A_LINE / 2;
  return `${hex.slice(0, half).join(" ")}  ${hex.slice(half).join(" ")}`.padEnd(
    BYTES_A_LINE * 3 + 1 - 1,
  );
}

function printable(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".";
}
