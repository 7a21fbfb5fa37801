/** The tests in a browser that measure how long something takes. */
export const MEASURING = ["life-of-an-event.browser.test.ts", "many.browser.test.ts"] as const;
