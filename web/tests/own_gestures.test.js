// Gestures of one's own, as Python has them: lessons and files that Python wrote (tests/web/golden.py), and cases.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { OwnGestures } from "../src/pure/own_gestures.js";
import { Snapshots } from "../src/pure/snapshots.js";

const lessons = JSON.parse(readFileSync(new URL("own_gestures.json", import.meta.url), "utf-8"));
const [lesson] = lessons;

/** As Python read it. */
function compare(own, { asked, read }) {
  asked.forEach((hand, i) => {
    const { label, probability } = own.read(hand);
    const [name, sure] = read[i];
    assert.equal(label, name ?? "", `hand ${i}`);
    assert.ok(Math.abs(probability - sure) < 1e-3, `hand ${i}: ${probability} instead of ${sure}`);
  });
}

function taught({ model, sides, taught: examples }) {
  const own = new OwnGestures(model, sides);
  const advice = Object.fromEntries(Object.entries(examples).map(([name, hands]) => [name, own.teach(name, hands)]));
  return { own, advice };
}

for (const each of lessons) {
  test(`hands ${each.sides} are taught as Python teaches them, with the same advice`, () => {
    const { own, advice } = taught(each);
    assert.deepEqual(advice, each.advice);
    compare(own, each);
    const written = JSON.parse(own.toJson());
    assert.deepEqual(Object.keys(written), Object.keys(each.file));
    written.gestures.forEach(({ name, side, examples }, i) => {
      const wanted = each.file.gestures[i];
      assert.deepEqual([name, side], [wanted.name, wanted.side]);
      examples.flat().forEach((value, k) => assert.ok(Math.abs(value - wanted.examples.flat()[k]) < 1e-3));
    });
  });

  test(`a file of hands ${each.sides} that Python wrote is read, and what is read is written again`, () => {
    const own = OwnGestures.fromJson(JSON.stringify(each.file), each.model);
    compare(own, each);
    assert.deepEqual(JSON.parse(own.toJson()), JSON.parse(JSON.stringify(each.file))); // Python writes -0 as well
  });
}

test("a gesture is taught on, and forgotten", () => {
  const { own } = taught(lesson);
  own.teach("fist", lesson.taught.closed);
  assert.deepEqual([...own.counts], [["fist", 10], ["L", 4], ["closed", 5]]);
  own.forget("fist");
  own.forget("closed");
  assert.deepEqual([...own.counts], [["L", 4]]);
  assert.equal(own.read(lesson.taught.fist[0]).label, "");
  own.forget("L");
  assert.equal(JSON.parse(own.toJson()).model, "", "files without a gesture are of no model");
  assert.equal(OwnGestures.fromJson(own.toJson(), "any other").counts.size, 0);
});

test("names and hands that cannot be taught are refused", () => {
  const own = new OwnGestures(lesson.model);
  assert.throws(() => own.teach("  ", lesson.taught.L), /name/);
  assert.throws(() => own.teach("L", [{ ...lesson.taught.L[0], embedding: null }]), /no embedding/);
  assert.throws(() => own.teach("L", [{ ...lesson.taught.L[0], keypoints: null }]), /no key points/);
  assert.equal(own.counts.size, 0);
});

const file = (change) => JSON.stringify({ ...lesson.file, ...change });
const gesture = (change) => ({ gestures: [{ ...lesson.file.gestures[0], ...change }] });
for (const [what, text, words] of [
  ["no JSON", "{", /JSON/],
  ["another kind", '"text"', /another kind/],
  ["another format", file({ format: "other" }), /'other', version 1; this page reads/],
  ["a newer version", file({ version: 2 }), /version 2; this page reads .*version 1/],
  ["unknown sides", file({ sides: "both" }), /'both'; they are one of together, apart/],
  ["no gestures", file({ gestures: null }), /no list of gestures/],
  ["a side where there are none", file(gesture({ side: "left" })), /the side 'left'/],
  ["no examples", file(gesture({ examples: [] })), /examples of 'fist' are no lists/],
  ["short examples", file(gesture({ examples: [[1, 2]] })), /examples of 'fist' are no lists/],
  ["examples that are no numbers", file(gesture({ examples: [Array(104).fill("1")] })), /examples of 'fist' are no lists/],
  ["unequal lengths", file(gesture({ examples: [Array(104).fill(0), Array(99).fill(0)] })), /unequal lengths, 104, 99/],
  ["another model", file({ model: "old" }), /taught with the model old, and 0123456789abcdef reads here; teach them anew/],
]) {
  test(`a file with ${what} is refused`, () => {
    assert.throws(() => OwnGestures.fromJson(text, lesson.model), words);
  });
}

test("snapshots are a pause apart, and of frames that show a hand", () => {
  const snapshots = new Snapshots(2, 1);
  const frames = [["a", 10], ["b", 10.5], ["c", 11], [undefined, 12.5], ["d", 12.6], ["e", 14]];
  assert.deepEqual(frames.map(([hand, seconds]) => snapshots.see(hand, seconds)), [false, false, true, false, true, false]);
  assert.deepEqual([snapshots.taken, snapshots.complete], [["c", "d"], true]);
});
