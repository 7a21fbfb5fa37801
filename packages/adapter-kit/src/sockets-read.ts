import { setImmediate } from "node:timers";

let reading: Promise<void> | undefined;

/**
 * For an adapter whose request has just been answered. Resolves when every socket that has something to read has been
 * read, so that answers which came together go on together, step by step. That saves a sweep up to a third of its CPU,
 * probably because each step finds its code in the processor's cache, and takes no time: what is waited for would be
 * read next anyway.
 */
export function socketsRead(): Promise<void> {
  reading ??= new Promise((resolve) => {
    setImmediate(() => {
      reading = undefined;
      resolve();
    });
  });
  return reading;
}
