// @ts-check
/** Calmer answers from frame to frame: numbers by the One Euro filter, labels by waiting until they stay. */

/**
 * The One Euro filter: a low-pass whose cutoff grows with speed, so that a resting hand does not tremble
 * and a moving one does not lag. Casiez, Roussel, Vogel: "1 Euro Filter", CHI 2012.
 */
export class OneEuro {
  /**
   * @param {object} [options]
   * @param {number} [options.minimumCutoff] hertz, at rest: lower is calmer
   * @param {number} [options.beta] by how much a unit of speed, in values a second, raises the cutoff
   * @param {number} [options.speedCutoff] hertz, of the speed itself
   */
  constructor({ minimumCutoff = 1.5, beta = 0.02, speedCutoff = 1 } = {}) {
    this.options = { minimumCutoff, beta, speedCutoff };
    /** @type {{value: number[], speed: number[], seconds: number} | null} */
    this.last = null;
  }

  /**
   * @param {readonly number[]} value as measured @param {number} seconds when, growing from call to call
   * @returns {number[]} the filtered value
   */
  next(value, seconds) {
    const last = this.last;
    if (!last || last.value.length !== value.length || !(seconds > last.seconds)) {
      this.last = { value: [...value], speed: value.map(() => 0), seconds };
      return [...value];
    }
    const { minimumCutoff, beta, speedCutoff } = this.options;
    const step = seconds - last.seconds;
    const speed = value.map((v, i) => mix(last.speed[i], (v - last.value[i]) / step, share(speedCutoff, step)));
    const calm = value.map((v, i) => {
      return mix(last.value[i], v, share(minimumCutoff + beta * Math.abs(speed[i]), step));
    });
    this.last = { value: calm, speed, seconds };
    return [...calm];
  }
}

/** How much of a new value a low-pass lets in. @param {number} cutoff hertz @param {number} step seconds */
function share(cutoff, step) {
  const angle = 2 * Math.PI * cutoff * step;
  return angle / (angle + 1);
}

/** @param {number} old @param {number} fresh @param {number} part */
function mix(old, fresh, part) {
  return old + part * (fresh - old);
}

/** The answer that stays: a new one counts once it has been given for a while, several times in a row. */
export class StableAnswer {
  /** @param {number} [seconds] how long @param {number} [times] in how many readings at least */
  constructor(seconds = 0.3, times = 2) {
    this.needed = { seconds, times };
    this.answer = "";
    this.candidate = { answer: "", since: 0, times: 0 };
  }

  /** @param {string} answer of this frame, "" for no hand @param {number} seconds @returns {string} the stable one */
  next(answer, seconds) {
    if (answer !== this.candidate.answer) this.candidate = { answer, since: seconds, times: 0 };
    this.candidate.times += 1;
    const stays = seconds - this.candidate.since >= this.needed.seconds && this.candidate.times >= this.needed.times;
    if (stays) this.answer = answer;
    return this.answer;
  }
}
