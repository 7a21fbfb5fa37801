import type { CostItem, MonthlyCost, RivalCost } from "@keywhen/host/cost";

export function showCost({ total, items, pricesOf, rivals }: MonthlyCost): readonly string[] {
  return [
    ...items.map(itemLine),
    `${showDollars(total)}  USD a month (${pricesOf})`,
    "",
    "The same events with",
    ...rivals.map((rival) => rivalLine(rival, total)),
  ];
}

function itemLine({ name, quantity, unit, free, dollars }: CostItem): string {
  const covered = free > 0 ? `, ${showAmount(free)} of them free` : "";
  return `${showDollars(dollars)}  ${name}: ${showAmount(quantity)} ${unit}${covered}`;
}

function rivalLine({ name, total, note }: RivalCost, ours: number): string {
  return `${showDollars(total)}  ${name} (${note}): ${comparison(total, ours)}`;
}

function comparison(theirs: number, ours: number): string {
  if (theirs < ours) return "cheaper than keywhen";
  return theirs === ours ? "the same" : "more expensive than keywhen";
}

/** For a column. A sum below a cent is not shown as zero. */
function showDollars(dollars: number): string {
  const isTiny = dollars > 0 && dollars < 0.005;
  const two = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return (isTiny ? "< 0.01" : dollars.toLocaleString("en-US", two)).padStart(10);
}

function showAmount(amount: number): string {
  const digits = amount < 10 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 0 };
  return amount.toLocaleString("en-US", digits);
}
