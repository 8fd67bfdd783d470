// @ts-check
/** The part of the page where its user teaches gestures: snapshots, a name, what is known, files. */

import { OwnGestures } from "./pure/own_gestures.js";
import { Snapshots } from "./pure/snapshots.js";
import { OWN } from "./pure/words.js";
import { Fault } from "./reader.js";
import { download, element } from "./view.js";

/**
 * @typedef {import("./pure/heads.js").Hand} Hand
 * @typedef {object} Page what the rest of the page does for this part
 * @property {() => import("./view.js").Shot | null} shot what was read last
 * @property {() => void} changed hands may have other names now
 * @property {(words: string) => void} tell
 * @property {(action: () => Promise<unknown>) => void} attempt does something, and says so where it fails
 */

const [SNAPSHOTS, PAUSE_SECONDS] = [5, 1];
const MOST_BYTES = 5e6;

export class Teaching {
  /** @param {string} fingerprint of the model that reads hands @param {Page} page */
  constructor(fingerprint, page) {
    this.page = page;
    this.fingerprint = fingerprint;
    this.own = new OwnGestures(fingerprint);
    /** While the camera takes them. @type {Snapshots<Hand> | null} */
    this.snapshots = null;
    /** Waiting for a name. @type {Hand[]} */
    this.hands = [];
    const on = (/** @type {string} */ id, /** @type {string} */ event, /** @type {(event: any) => unknown} */ action) => {
      element(id).addEventListener(event, (/** @type {Event} */ given) => page.attempt(async () => action(given)));
    };
    on("teach", "click", () => this.begin());
    on("give-up", "click", () => this.#end());
    on("naming", "submit", (event) => { event.preventDefault(); this.keep(element("gesture-name").value.trim()); });
    on("export-gestures", "click", () => download(new Blob([this.own.toJson()], { type: "application/json" }), "gestures.json"));
    on("import-gestures", "click", () => element("gestures-file").click());
    on("gestures-file", "change", async () => {
      const [file] = element("gestures-file").files;
      element("gestures-file").value = "";
      if (file) await this.open(file);
    });
    on("apart", "change", () => { this.own = new OwnGestures(this.fingerprint, element("apart").checked ? "apart" : "together"); });
    document.addEventListener("keydown", (event) => {
      const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
      const plain = !typing && !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
      if (event.key.toLowerCase() === "t" && plain && !element("teach").hidden && !element("own").hidden) {
        page.attempt(async () => this.begin());
      }
    });
  }

  /** @param {boolean} shown */
  show(shown) {
    element("own").hidden = !shown;
    if (!shown) this.#end();
  }

  /** Says of each hand which of the taught gestures it shows. @param {readonly Hand[]} hands */
  name(hands) {
    for (const hand of hands) {
      const told = hand.embedding && this.own.counts.size ? this.own.read(hand) : null;
      hand.answers[OWN.head] = told?.label ? told : { label: "", probability: 0 };
    }
  }

  /** Takes snapshots of the camera's hand, or the hand of the picture that is shown. */
  begin() {
    const shot = this.page.shot();
    if (!shot) throw new Fault("There is nothing to learn from: start the camera, or choose a picture of the gesture.");
    this.#end();
    if (shot.live) {
      this.snapshots = new Snapshots(SNAPSHOTS, PAUSE_SECONDS);
      this.#busy(true);
      this.page.tell("Hold the gesture before the camera; move the hand a little.");
      return;
    }
    const [hand] = shot.reading.hands;
    if (!hand) throw new Fault("No hand was found in the picture: choose one that shows it larger, in more light.");
    this.#ask([hand]);
  }

  /** @param {Hand | undefined} hand the surest of a frame @param {number} seconds of the frame */
  see(hand, seconds) {
    if (!this.snapshots?.see(hand, seconds)) return;
    this.page.tell(`Snapshot ${this.snapshots.taken.length} of ${SNAPSHOTS}`);
    if (this.snapshots.complete) this.#ask(this.snapshots.taken);
  }

  /** The camera is off: what it has shown so far is taken. */
  noMoreFrames() {
    if (this.snapshots?.taken.length) this.#ask(this.snapshots.taken);
    else if (this.snapshots) this.#end();
  }

  /** @param {string} name of the gesture that waits for one */
  keep(name) {
    if (!name) throw new Fault("Give the gesture a name.");
    const advice = this.own.teach(name, this.hands);
    this.#end();
    this.#list(advice);
    this.page.tell(`'${name}' has ${this.own.counts.get(name) ?? 0} examples.`);
    element("teach").focus();
  }

  /** @param {File} file that this page or Python wrote */
  async open(file) {
    try {
      if (file.size > MOST_BYTES) throw new TypeError(`it has ${Math.round(file.size / 1e6)} MB`);
      this.own = OwnGestures.fromJson(await file.text(), this.fingerprint);
    } catch (error) {
      throw new Fault(`${file.name} is no file of gestures for this page: ${error instanceof Error ? error.message : error}.`);
    }
    this.#end();
    this.#list([]);
  }

  /** @param {Hand[]} hands that wait for a name */
  #ask(hands) {
    this.snapshots = null;
    this.hands = hands;
    this.#busy(true);
    element("naming").hidden = false;
    element("gesture-name").value = "";
    element("gesture-name").focus();
  }

  /** Forgets what was begun. */
  #end() {
    this.snapshots = null;
    this.hands = [];
    this.#busy(false);
    element("naming").hidden = true;
  }

  /** @param {boolean} busy */
  #busy(busy) {
    element("teach").hidden = busy;
    element("give-up").hidden = !busy;
  }

  /** @param {string[]} advice on what was taught last */
  #list(advice) {
    const counts = [...this.own.counts];
    element("taught").replaceChildren(...counts.map(([name, count]) => this.#row(name, count)));
    element("known-names").replaceChildren(...counts.map(([name]) => new Option(name, name)));
    element("advice").replaceChildren(...advice.map((words) => Object.assign(document.createElement("li"), { textContent: words })));
    element("export-gestures").disabled = !counts.length;
    // What was taught before was not asked for its side.
    element("apart").disabled = counts.length > 0;
    element("apart").checked = this.own.sides === "apart";
    this.page.changed();
  }

  /** @param {string} name @param {number} count */
  #row(name, count) {
    const row = document.createElement("li");
    const forget = Object.assign(document.createElement("button"), { type: "button", textContent: "Forget" });
    forget.setAttribute("aria-label", `Forget ${name}`);
    forget.addEventListener("click", () => {
      this.own.forget(name);
      this.#list([]);
      element("teach").focus();
    });
    row.append(`${name}: ${count} ${count === 1 ? "example" : "examples"}`, forget);
    return row;
  }
}
