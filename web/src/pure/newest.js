// @ts-check
/** One worker, many frames: the newest waits, older ones are dropped, so that answers never lag behind. */

/** @template Item */
export class NewestWins {
  /** @param {(item: Item) => Promise<void>} work never rejects @param {(item: Item) => void} [drop] frees what is passed over */
  constructor(work, drop = () => {}) {
    this.work = work;
    this.drop = drop;
    this.busy = false;
    /** @type {{item: Item, done: () => void} | null} */
    this.waiting = null;
  }

  /** @param {Item} item @returns {Promise<void>} until it has been worked on or passed over */
  offer(item) {
    if (this.waiting) {
      this.drop(this.waiting.item);
      this.waiting.done();
    }
    return new Promise((done) => {
      this.waiting = { item, done };
      if (!this.busy) this.#run();
    });
  }

  async #run() {
    this.busy = true;
    while (this.waiting) {
      const { item, done } = this.waiting;
      this.waiting = null;
      await this.work(item);
      done();
    }
    this.busy = false;
  }
}
