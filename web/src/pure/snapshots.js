// @ts-check
/** The first few hands that a camera shows, with time between them to move the hand a little. */

/** @template Hand */
export class Snapshots {
  /** @param {number} wanted @param {number} pause in seconds, also before the first */
  constructor(wanted, pause) {
    this.wanted = wanted;
    this.pause = pause;
    /** @type {Hand[]} */
    this.taken = [];
    /** @type {number | null} */
    this.next = null;
  }

  /** Whether this hand was taken. @param {Hand | undefined} hand of a frame, if it shows one @param {number} seconds of the frame */
  see(hand, seconds) {
    this.next ??= seconds + this.pause;
    if (!hand || this.complete || seconds < this.next) return false;
    this.taken.push(hand);
    this.next = seconds + this.pause;
    return true;
  }

  get complete() {
    return this.taken.length >= this.wanted;
  }
}
