import { removeEmptyFolders } from "./folders.js";
import type { Place } from "./place.js";
import type { Steps } from "./steps.js";
import type { StoreFolder } from "./store-folder.js";
import type { Turns } from "./turns.js";

/** Removes the empty folders of deleted and moved objects, once for all objects of a folder that were deleted or moved in one turn. */
export class EmptyFolders {
  readonly #store: Pick<StoreFolder, "disk">;
  readonly #turns: Turns;
  readonly #coming = new Map<string, Promise<void>>();

  constructor(store: Pick<StoreFolder, "disk">, turns: Turns) {
    this.#store = store;
    this.#turns = turns;
  }

  /** Resolves when the folders of this place are removed, if they are empty. The bucket stays. */
  remove({ parent, folders, sidecarFolders }: Place): Promise<void> {
    const known = this.#coming.get(parent);
    if (known !== undefined) return known;
    const coming = this.#removeAfterTurn(parent, [folders.map(({ path }) => path), sidecarFolders]);
    this.#coming.set(parent, coming);
    return coming;
  }

  async #removeAfterTurn(parent: string, chains: readonly (readonly string[])[]): Promise<void> {
    await this.#turns.end();
    this.#coming.delete(parent);
    const store = this.#store;
    const remove = function* (): Steps<void> {
      for (const chain of chains) yield* removeEmptyFolders(store, chain);
    };
    await this.#turns.run(remove());
  }
}
