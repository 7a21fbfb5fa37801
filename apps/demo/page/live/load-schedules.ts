import type { SchedulesAnswer } from "../../src/api/schedules.js";
import { call } from "./api-client.js";
import { schedules } from "./page-state.js";

/** Loads the recurring schedules. Without the right to read them the page shows none. */
export async function loadSchedules(): Promise<void> {
  try {
    schedules.value = await call<SchedulesAnswer>("GET", "/api/schedules");
  } catch {
    schedules.value = { schedules: [], isMore: false };
  }
}
