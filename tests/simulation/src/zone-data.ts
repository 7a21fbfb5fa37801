import { CHANGING_ZONE, type ZoneChange } from "./plan.js";

let known: ZoneChange | undefined;

/** From now on, code runs on a machine with these time zone data: all that one planned action sets off is of one process. */
export function useZoneData(change: ZoneChange | undefined): void {
  known = change;
}

/** Gives this thread time zone data that differ from machine to machine, as far as one zone is concerned. */
export function makeZoneDataChangeable(): void {
  Intl.DateTimeFormat = class extends Intl.DateTimeFormat {
    readonly #changes: boolean;

    constructor(locales?: string | string[], options?: Intl.DateTimeFormatOptions) {
      super(locales, options);
      this.#changes = options?.timeZone === CHANGING_ZONE.timeZone;
    }

    override formatToParts(date: Date | number = Date.now()): Intl.DateTimeFormatPart[] {
      const atMs = Number(date);
      return super.formatToParts(this.#changes ? atMs + changedByMs(atMs) : atMs);
    }
  } as unknown as typeof Intl.DateTimeFormat;
}

function changedByMs(atMs: number): number {
  return known !== undefined && atMs >= known.atMs ? known.byMinutes * 60_000 : 0;
}
