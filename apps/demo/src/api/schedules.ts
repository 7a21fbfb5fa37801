/** A recurring schedule, as `GET /api/schedules` shows it. */
export interface RecurringSchedule {
  readonly name: string;
  readonly state: "active" | "paused" | "ended";
  /** `0 9 * * 1-5` with its time zone, or an interval such as `15m`. */
  readonly rule: string;
  readonly timeZone?: string | undefined;
  readonly to: { readonly bucket: string; readonly key: string };
  /** When its next occurrences are due; none unless it is active. */
  readonly next: readonly string[];
}

/** `GET /api/schedules`: the first ones by name. */
export interface SchedulesAnswer {
  readonly schedules: readonly RecurringSchedule[];
  /** There are more than `LISTED_SCHEDULES`. */
  readonly isMore: boolean;
}

/** Each one is a request to the store. */
export const LISTED_SCHEDULES = 100;
