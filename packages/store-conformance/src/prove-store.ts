import { checkReadiness } from "./readiness.js";
import { type OpenedStore, type Proof, type Theme, withRoom } from "./room.js";
import { cancellation } from "./themes/cancellation.js";
import { capabilities } from "./themes/capabilities.js";
import { clock } from "./themes/clock.js";
import { conditions } from "./themes/conditions.js";
import { copy } from "./themes/copy.js";
import { deletion } from "./themes/deletion.js";
import { headers } from "./themes/headers.js";
import { keys } from "./themes/keys.js";
import { list } from "./themes/list.js";
import { missing } from "./themes/missing.js";
import { move } from "./themes/move.js";
import { names } from "./themes/names.js";
import { putAndGet } from "./themes/put-and-get.js";

/** What the kit needs of a test runner: vitest's, node:test's and most others' fit. */
export interface ProveStoreOptions {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, test: () => Promise<void>) => unknown;
  /** The runner's hook for the end of a `describe` (`afterAll`, `after`): closes the store even if only some tests are run. */
  readonly after?: ((hook: () => Promise<void>) => unknown) | undefined;
  /** How the report calls the store. */
  readonly name: string;
  /** Called once, by the first test; a start that takes long belongs before. */
  readonly open: () => Promise<OpenedStore>;
}

const THEMES: readonly Theme[] = [
  capabilities,
  putAndGet,
  headers,
  conditions,
  list,
  keys,
  names,
  copy,
  deletion,
  move,
  missing,
  clock,
  cancellation,
];

/**
 * Registers tests that pass only if the store keeps the promises of `ObjectStore`: what its capabilities
 * declare is proved, what they deny must be refused and never silently ignored.
 */
export function proveStore({ describe, it, after, name, open }: ProveStoreOptions): void {
  const proofs = THEMES.flatMap(({ declarations, proofs }) =>
    Object.keys({ ...declarations, ...proofs }),
  );
  const shared = openedOnce(open);
  let left = proofs.length;

  async function run(proof: Proof, needsAnswers = true): Promise<void> {
    try {
      const opened = await shared.opened();
      if (needsAnswers) await shared.ready();
      await withRoom(opened, proof);
    } finally {
      left -= 1;
      if (after === undefined && left <= 0) await shared.close();
    }
  }

  describe(name, () => {
    after?.(shared.close);
    for (const theme of THEMES) {
      describe(theme.name, () => {
        for (const [promise, proof] of Object.entries(theme.declarations ?? {})) {
          it(promise, () => run(proof, false));
        }
        for (const [promise, proof] of Object.entries(theme.proofs)) it(promise, () => run(proof));
      });
    }
  });
}

/** Opens and checks the store once, and again only if it was closed in between. */
function openedOnce(open: () => Promise<OpenedStore>) {
  let opening: Promise<OpenedStore> | undefined;
  let checking: Promise<void> | undefined;
  return {
    ready(): Promise<void> {
      checking ??= this.opened().then(checkReadiness);
      return checking;
    },
    opened(): Promise<OpenedStore> {
      opening ??= open();
      return opening;
    },
    async close(): Promise<void> {
      const opened = opening;
      opening = undefined;
      checking = undefined;
      await (await opened)?.close();
    },
  };
}
