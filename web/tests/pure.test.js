// Functions without a page: as Python's, by answers that Python wrote (tests/web/golden.py), and by cases.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import * as ort from "onnxruntime-web"; // its build for Node.js

import { looksOf } from "../looks.mjs";
import { boxIou, compose, degreesOf, inverse, moveBox, moveDirection, movePoint, turnBetween } from "../src/pure/affine.js";
import { around, cut, squareOf } from "../src/pure/close_up.js";
import { KEYPOINT_NAMES, SKELETON } from "../src/pure/keypoints.js";
import { askew, Follower, joined } from "../src/pure/following.js";
import { Frame } from "../src/pure/frame.js";
import { fit, letterbox, toFrame } from "../src/pure/letterbox.js";
import { modelInfo } from "../src/pure/model_file.js";
import { NewestWins } from "../src/pure/newest.js";
import { fileFault, sizeFault } from "../src/pure/picture_file.js";
import { OneEuro, StableAnswer } from "../src/pure/smoothing.js";
import { Tracker } from "../src/pure/tracking.js";
import { closeLooks, distinct, firstLook, maskOfPicture, retakes } from "../src/pure/two_looks.js";
import { MODES, captionOf, directionWords, rowsOf, wordsOf } from "../src/pure/words.js";

const golden = JSON.parse(readFileSync(new URL("golden.json", import.meta.url), "utf-8"));
const close = (one, other, within = 1e-9) => {
  const far = one.findIndex((value, i) => !(Math.abs(value - other[i]) <= within));
  assert.equal(far, -1, `${one[far]} instead of ${other[far]} at ${far}`);
};

for (const { from, to, picture, place, frame } of golden.letterboxes) {
  test(`a picture of ${from} lies on a frame of ${to} as Python puts it`, () => {
    const rgba = Uint8ClampedArray.from({ length: from[0] * from[1] * 4 }, (_, i) =>
      i % 4 === 3 ? 255 : picture[Math.floor(i / 4) * 3 + (i % 4)]);
    const box = letterbox(from[0], from[1], to[0], to[1]);
    assert.deepEqual([box.top, box.left, box.height, box.width], place);
    // OpenCV enlarges with whole numbers, so one step of 255 may differ.
    close([...fit(box, rgba)].map((value) => value * 255), frame, 1.001);
  });
}

test("letterbox refuses empty pictures and bytes of another size", () => {
  assert.throws(() => letterbox(0, 4, 6, 8), /0x4/);
  assert.throws(() => fit(letterbox(3, 4, 6, 8), new Uint8Array(47)), /47 bytes/);
});

test("key points have Python's names and skeleton", () => {
  assert.deepEqual(KEYPOINT_NAMES, golden.keypoints);
  assert.deepEqual(SKELETON, golden.skeleton);
});

test("an affine and its inverse lead back", () => {
  const turned = compose([0, 1, 0, -1, 0, 100], [2, 0, 5, 0, 2, 7]); // a quarter to the left, then larger
  close(movePoint(turned, 100, 50), [105, 7]);
  close(movePoint(inverse(turned), 105, 7), [100, 50]);
  close(moveBox(turned, [0, 0, 100, 50]), [5, 7, 105, 207]);
  assert.throws(() => inverse([1, 1, 0, 1, 1, 0]), /flattens/);
});

test("directions turn with the picture, counter-clockwise from image-up", () => {
  const left = /** @type {const} */ ([0, 1, 0, -1, 0, 100]);
  close([moveDirection(left, 0), moveDirection(left, 135), degreesOf(-1, 0), degreesOf(0, -1)], [90, -135, -90, 180]);
  close([turnBetween(-170, 170), turnBetween(170, -170), turnBetween(180, 0)], [20, -20, 180]);
});

test("the mask of the picture leaves out the bars beside it", () => {
  const mask = { data: [1, 1, 1, 1, 0, 0, 0.5, 0.5, 1, 1, 1, 1], dims: [1, 3, 4, 1] };
  const wide = letterbox(10, 40, 3, 4); // one row of the frame, between bars
  assert.deepEqual([...maskOfPicture(mask, wide).data], [0, 0, 0.5, 0.5]);
});

const RELEASED = new URL("../../handvision/released/combined.onnx", import.meta.url);
test("the released model says what it tells of a hand", () => {
  const info = modelInfo(readFileSync(RELEASED));
  assert.match(info.fingerprint, /^[0-9a-f]{16}$/);
  assert.deepEqual(info.heads.gesture.class_names, ["0", "1", "2", "3", "4", "5"]);
});

test("a cut model, and a file that is none, are named", () => {
  assert.throws(() => modelInfo(readFileSync(RELEASED).subarray(0, 5000)), /cut off/);
  assert.throws(() => modelInfo(new TextEncoder().encode("<!doctype html>")), /ONNX|cut off/);
  assert.throws(() => modelInfo(new Uint8Array()), /does not say/);
});

test("One Euro holds a trembling value still and follows a fast one", () => {
  const rest = new OneEuro();
  const calm = Array.from({ length: 60 }, (_, i) => rest.next([100 + (i % 2 ? 2 : -2)], i / 30)[0]).slice(30);
  assert.ok(Math.max(...calm) - Math.min(...calm) < 2, "of a tremble of 4 less than half is left");
  const move = new OneEuro({ beta: 0.03 });
  const last = Array.from({ length: 60 }, (_, i) => move.next([i * 20], i / 30)[0]).at(-1);
  assert.ok(59 * 20 - last < 20, `lags by ${59 * 20 - last}, less than a frame's way of 20`);
});

test("One Euro starts anew when the length changes or time goes back", () => {
  const filter = new OneEuro();
  filter.next([0], 1);
  assert.deepEqual(filter.next([5, 6], 2), [5, 6]);
  assert.deepEqual(filter.next([7, 8], 1.5), [7, 8]);
});

test("an answer counts once it stays", () => {
  const stable = new StableAnswer(0.3, 2);
  const given = [["2", 0], ["2", 0.2], ["2", 0.4], ["3", 0.5], ["2", 0.6], ["3", 0.7], ["3", 0.9], ["3", 1.1], ["", 1.2], ["", 1.6]];
  const got = given.map(([answer, seconds]) => stable.next(String(answer), Number(seconds)));
  assert.deepEqual(got, ["", "", "2", "2", "2", "2", "2", "3", "3", ""]);
});

const handAt = (x, rotation = 0) => ({
  score: 1, presence: 1, answers: {}, rotation_degrees: rotation, box: [x, 0, x + 100, 100], keypoints: null,
  handedness: "", handedness_probability: 0, track: null,
});

test("hands keep their numbers, whatever their order", () => {
  const tracker = new Tracker();
  const numbers = (hands, seconds) => tracker.update(hands, seconds).map(({ track }) => track);
  assert.deepEqual(numbers([handAt(0), handAt(300)], 0), [0, 1]);
  assert.deepEqual(numbers([handAt(310), handAt(10)], 0.1), [1, 0]);
  assert.deepEqual(numbers([handAt(15)], 0.2), [0]);
  assert.deepEqual(numbers([handAt(15), handAt(320)], 0.3), [0, 1], "a short pause is forgiven");
  assert.deepEqual(numbers([handAt(15)], 2), [2], "a long one is not");
});

test("rotation is calmed across 180 degrees without going the long way round", () => {
  const tracker = new Tracker();
  const turns = [170, 175, 179, -178, -174].map((turn, i) => tracker.update([handAt(0, turn)], i / 10)[0].rotation_degrees);
  for (const turn of turns) assert.ok(Math.abs(turn) > 165, `${turns}`);
});

test("overlap of boxes", () => {
  const cases = /** @type {[number[], number[], number][]} */ ([
    [[0, 0, 10, 10], [0, 0, 10, 10], 1], [[0, 0, 10, 10], [5, 0, 15, 10], 1 / 3],
    [[0, 0, 10, 10], [10, 0, 20, 10], 0], [[3, 3, 3, 3], [3, 3, 3, 3], 0],
  ]);
  for (const [one, other, iou] of cases) close([boxIou(one, other)], [iou]);
});

test("the newest frame wins, older ones are dropped, never queued", async () => {
  const [done, dropped, finish] = [[], [], []];
  const newest = new NewestWins((item) => new Promise((resolve) => finish.push(() => (done.push(item), resolve()))),
    (item) => dropped.push(item));
  for (const item of [1, 2, 3, 4]) newest.offer(item);
  while (newest.busy) {
    finish.shift()?.();
    await new Promise(setImmediate);
  }
  assert.deepEqual([done, dropped], [[1, 4], [2, 3]]);
});

test("files are checked before they are decoded", () => {
  const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  assert.equal(fileFault("hand.png", 1000, png), "");
  assert.match(fileFault("hand.png", 0, new Uint8Array()), /hand.png is empty/);
  assert.match(fileFault("hand.png", 60e6, png), /60 MB; pictures up to 50 MB/);
  assert.match(fileFault("page.html", 1000, new TextEncoder().encode("<!doctype html>")), /page.html is no picture/);
  assert.equal(sizeFault("hand.png", 4000, 3000), "");
  assert.match(sizeFault("bomb.png", 30000, 30000), /30000 × 30000/);
  assert.match(sizeFault("none.png", 0, 5), /no pixels/);
});

test("places on the frame", () => {
  close(movePoint(toFrame(letterbox(480, 640, 192, 256)), 320, 240), [128, 96]);
});

const saying = (label, track, more = {}) => ({ ...handAt(0), answers: { gesture: { label, probability: 0.876 } }, track, ...more });

test("answers in words", () => {
  assert.equal(wordsOf([saying("5", 1), saying("1", 0)], MODES[0]), "1 finger and 5 fingers");
  assert.equal(wordsOf([], MODES[0]), "No hand");
  assert.equal(captionOf(saying("2", 0, { handedness: "left" }), MODES[0]), "2 · 88 % · left");
  assert.deepEqual([0, 90, -90, 180, -46, NaN].map(directionWords),
    ["0° (up)", "90° (left)", "-90° (right)", "180° (down)", "-46° (up right)", ""]);
});

test("rows are those of handvision predict --json", () => {
  const [row] = rowsOf({ hands: [saying("2", null, { rotation_degrees: 15 })] }, MODES[0], "hand.png", "abc");
  assert.deepEqual([row.source, row.hand, row.has_hand, row.label, row.probability, row.rotation_degrees, row.model],
    ["hand.png", 0, true, "2", 0.876, 15, "abc"]);
  const [none] = rowsOf({ hands: [] }, MODES[0], "empty.png", "abc");
  assert.deepEqual([none.hand, none.has_hand, none.label, none.rotation_degrees, none.box], [null, false, "", null, [0, 0, 0, 0]]);
  assert.deepEqual(Object.keys(none), Object.keys(row));
  assert.deepEqual(Object.keys(row).filter((name) => name !== "keypoints").sort(), [...golden.columns].sort());
});

const TWO_LOOKS = {
  fingerprint: "test",
  close_up: { size: 160, margin: 0.25, least_score: 0.3, least_presence: 0.5, presence_weights: [0, 1, 1] },
  heads: { gesture: { class_names: ["0", "1", "2"] }, gestures: { class_names: ["fist", "ok"] }, keypoints: { size: 160 }, rotation: {} },
};
// Wrist at the middle of the lower edge, the other points on a line upward: a hand that points up in its close-up.
const LINE = Array.from({ length: 21 }, (_, i) => [0.5, 0.9 - 0.04 * i, 0.05]);
const twoLooks = (squares, { scores = [0.9, 0.8], presence = [0.9, 0.9] } = {}) => ({
  mask: { data: new Float32Array(12), dims: [1, 3, 4, 1] },
  score: { data: scores, dims: [1, 2] },
  square: { data: squares.flat(), dims: [1, 2, 5] },
  presence: { data: presence, dims: [1, 2, 1] },
  gesture: { data: [0.1, 0.7, 0.2, 0.8, 0.1, 0.1], dims: [1, 2, 3] },
  gestures: { data: [0.4, 0.6, 0.9, 0.1], dims: [1, 2, 2] },
  rotation: { data: [0, 1, 0, 1], dims: [1, 2, 2] },
  keypoints: { data: [LINE, LINE].flat(2), dims: [1, 2, 21, 3] },
  handedness: { data: [0.9, 0.2], dims: [1, 2, 1] },
  hand_mask: { data: [1, 0, 0, 1, 0, 0, 0, 0], dims: [1, 2, 2, 2, 1] },
});
const decode = (outputs, info, place) => distinct(closeLooks(outputs, outputs.score.data, info, place));
const UPRIGHT = [100, 100, 100, 0, 1];
const LEFT = [300, 200, 100, 1, 0]; // its up is the picture's left
const whole = letterbox(768, 1024, 384, 512); // the picture is twice as large as the frame

test("two hands, each through its own close-up", () => {
  const [one, other] = decode(twoLooks([UPRIGHT, LEFT]), TWO_LOOKS, whole).sort((a, b) => a.box[0] - b.box[0]);
  close([one.rotation_degrees, other.rotation_degrees], [0, 90]);
  // In the close-up (0.5, 0.9) is 40 pixels of the frame below the middle; for the other hand that is to the right.
  close(one.keypoints[0].slice(0, 2), [200, 280]);
  close(other.keypoints[0].slice(0, 2), [680, 400]);
  close(one.keypoints[20], [200, 120, 1 - Math.exp(-1)]);
  close(one.box, [184, 104, 216, 296], 1e-6);
  assert.deepEqual([one.handedness, other.handedness], ["right", "left"]);
  assert.deepEqual(one.answers, { gesture: { label: "1", probability: 0.7 }, gestures: { label: "ok", probability: 0.6 } });
  // The first cell of the turned close-up's mask: its upper left is the picture's lower left.
  close(movePoint(other.closeMask.toPicture, 0, 0), [500, 500]);
  close(movePoint(other.closeMask.toPicture, 2, 0), [500, 300]);
});

test("rows below the thresholds, and a second answer on the same hand, are no hands", () => {
  const labels = (outputs) => decode(outputs, TWO_LOOKS, whole).map(({ answers }) => answers.gesture.label);
  assert.deepEqual(labels(twoLooks([UPRIGHT, LEFT], { scores: [0.9, 0.2] })), ["1"], "the first look doubts");
  assert.deepEqual(labels(twoLooks([UPRIGHT, LEFT], { presence: [0.9, 0.1] })), ["1"], "the closer look doubts");
  assert.deepEqual(labels(twoLooks([UPRIGHT, [102, 100, 100, 0, 1]])), ["0"], "the surer one stays");
  assert.deepEqual(labels(twoLooks([UPRIGHT, [900, 100, 100, 0, 1]])), ["1"], "beside the picture");
});

test("hands are followed where they were, and all of the picture is looked at at times", () => {
  const follower = new Follower(4);
  assert.ok(follower.due, "at first");
  follower.looked([handAt(200, 90)]);
  const [target] = follower.targets(whole);
  close([...target.box, ...target.direction], [97.5, -2.5, 152.5, 52.5, 1, 0], 1e-9);
  assert.ok(follower.followed([handAt(210, 90)]));
  assert.ok(follower.targets(whole)[0].box[0] > target.box[0], "the box goes along");
  for (let x = 220; x < 320; x += 10) assert.ok(!follower.due && follower.followed([handAt(x, 90)]), `${x}`);
  assert.ok(follower.due, "others are looked for at every twelfth frame");
  follower.looked([handAt(0), handAt(100), handAt(200), handAt(300)]);
  for (let i = 0; i < 19; i++) assert.ok(!follower.due && follower.followed(follower.hands), `${i}`);
  assert.ok(follower.due, "four are all: then at every twentieth");
  follower.looked([handAt(0), handAt(300)]);
  assert.equal(follower.followed([handAt(0)]), false, "one is gone: look again");
});

test("a hand that is followed and seen by a first look is looked at once", () => {
  const outputs = {
    score: { data: [0.8, 0.7, 0.2], dims: [1, 3] },
    box: { data: [100, 0, 150, 50, 300, 0, 350, 50, 200, 0, 250, 50], dims: [1, 3, 4] },
    direction: { data: [0, 1, 1, 0, 0, 1], dims: [1, 3, 2] },
  };
  const seen = firstLook(outputs, 0.5);
  assert.deepEqual(seen.map(({ box, direction }) => [box[0], ...direction]), [[100, 0, 1], [300, 1, 0]]);
  const follower = new Follower(4);
  follower.looked([handAt(200, 90), handAt(900)]); // in the picture, which is twice as large as the frame
  const targets = joined(follower.targets(whole), seen);
  assert.deepEqual(targets.map(({ box, score }) => [Math.round(box[0]), score]), [[98, 0.8], [448, follower.hands[1].score], [300, 0.7]]);
  assert.deepEqual(joined([], seen), seen);
  // Of two that lie on a followed hand, the nearer is that hand; the other one is none that was known.
  const near = [[205, 0, 255, 50], [220, 0, 270, 50]].map((box, i) => ({ ...seen[0], box, score: 0.5 + i / 10 }));
  assert.deepEqual(joined([{ ...seen[0], box: [200, 0, 250, 50] }], near).map(({ box, score }) => [box[0], score]), [[200, 0.5], [220, 0.6]]);
});

test("a hand that jumped is looked at once more", () => {
  const at = (/** @type {number} */ x, degrees = 0) => ({
    box: [x, 100, x + 100, 200], score: 0.9,
    direction: /** @type {[number, number]} */ ([Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)]),
  });
  for (const [found, expected, is] of /** @type {const} */ ([
    [[], [at(0)], false],
    [[at(20, 25)], [at(0)], false],
    [[at(20, 35)], [at(0)], true],
    [[at(60)], [at(0)], true],
    [[at(300), at(10)], [at(0), at(300)], false],
    [[at(300, 170)], [at(300, -165)], false],
  ])) assert.equal(askew(found, expected), is, JSON.stringify([found, expected]));
});

test("close-ups that were off are taken again where their points are", () => {
  const outputs = {
    off: { data: [0, 1], dims: [2, 1, 1] }, off_box: { data: [0, 0, 1, 1, 10, 20, 30, 40], dims: [2, 1, 4] },
    off_direction: { data: [0, 1, 1, 0], dims: [2, 1, 2] },
  };
  const targets = [0.8, 0.7].map((score) => ({ score, box: [0, 0, 9, 9], direction: /** @type {[number, number]} */ ([0, 1]) }));
  assert.deepEqual(retakes(outputs, targets), [{ row: 1, target: { score: 0.7, box: [10, 20, 30, 40], direction: [1, 0] } }]);
  assert.deepEqual(retakes({}, targets), [], "of a model that takes none again");
});

test("a close-up is turned upright, and black beside the frame", () => {
  // 4 x 6 pixels that say in red where they are, in green how far down, in blue 1.
  const frame = Float32Array.from({ length: 72 }, (_, i) => [Math.floor(i / 3) % 6, Math.floor(i / 18), 1][i % 3]);
  const cutOf = (/** @type {number[]} */ square, size = 2) => {
    const closeUp = new Float32Array(3 * size * size);
    cut(frame, 4, 6, /** @type {any} */ (square), size, closeUp);
    return closeUp;
  };
  close(cutOf([3, 2, 2, 0, 1]), [2, 3, 2, 3, 1, 1, 2, 2, 1, 1, 1, 1]);
  close(cutOf([3, 2, 2, 1, 0]), [2, 2, 3, 3, 2, 1, 2, 1, 1, 1, 1, 1], 1e-6); // its up is the frame's left
  close(cutOf([3.5, 2, 2, 0, 1]), [2.5, 3.5, 2.5, 3.5, 1, 1, 2, 2, 1, 1, 1, 1]);
  close(cutOf([0, 2, 2, 0, 1]), [0, 0, 0, 0, 0, 1, 0, 2, 0, 1, 0, 1]);
  assert.deepEqual(squareOf({ box: [8, 8, 24, 20], direction: [0, 1], score: 1 }, 0.25), [16, 14, 24, 0, 1]);
});

test("close-ups are the same, whether all of the picture lies on the frame or what they look at alone", () => {
  const rgba = Uint8ClampedArray.from({ length: 90 * 70 * 4 }, (_, i) => (i * 7919) % 251);
  /** @type {import("../src/pure/close_up.js").Square[]} */
  const squares = [[20, 30, 25, 0.6, 0.8], [60, 10, 40, 0, -1], [30, 20, 10, 1, 0]];
  const [part, whole] = [new Frame(48, 64), new Frame(48, 64)];
  for (const frame of [part, whole]) frame.take(90, 70, rgba);
  close(whole.all(), fit(letterbox(90, 70, 48, 64), rgba));
  for (const square of squares) close(part.closeUps([square], 16), whole.closeUps([square], 16));
  close(part.closeUps(squares, 16), whole.closeUps(squares, 16));
  assert.ok(part.values.some((value, i) => value !== whole.values[i]), "not all was put there");
  part.take(3, 3, new Uint8ClampedArray(36));
  assert.ok(part.all().every((value) => value === 0), "nothing is left of the picture before");
  assert.deepEqual(around([30, 20, 10, 1, 0]), [24, 14, 36, 26]);
});

// What is read in the end is compared with Python's answers in page.test.js.
test("the released model's two looks, apart: the first says what it says in one graph, the closer has a row for each", async () => {
  const released = new Uint8Array(readFileSync(RELEASED));
  const looks = looksOf(released);
  assert.ok(looks.find.length + looks.read.length < 1.01 * released.length, "each weight is in one of them");
  assert.deepEqual(modelInfo(looks.find), modelInfo(released));
  const open = (/** @type {Uint8Array} */ bytes) => ort.InferenceSession.create(bytes);
  const [one, find, read] = [await open(released), await open(looks.find), await open(looks.read)];
  const [, height, width] = one.inputMetadata[0].shape;
  const { size, margin } = modelInfo(released).close_up;
  const frame = new Frame(height, width);
  frame.take(4, 4, Uint8ClampedArray.from({ length: 64 }, (_, i) => (i * 59) % 256));
  const photo = new ort.Tensor("float32", frame.all(), [1, height, width, 3]);
  const [seen, wanted] = [await find.run({ photo }), await one.run({ photo })];
  for (const name of ["mask", "score", "box", "direction"]) close([...seen[name].data], [...wanted[name].data], 1e-4);
  const target = { box: [150, 100, 300, 260], direction: /** @type {[number, number]} */ ([0.6, 0.8]), score: 1 };
  const squares = [squareOf(target, margin), squareOf(target, margin)];
  const answers = await read.run({
    close_up: new ort.Tensor("float32", frame.closeUps(squares, size), [2, 3, size, size]),
    square: new ort.Tensor("float32", squares.flat(), [2, 1, 5]),
  });
  assert.ok(Object.keys(modelInfo(released).heads).every((name) => name in answers));
  for (const { data, dims } of Object.values(answers)) {
    assert.equal(dims[0], 2);
    close([...data.slice(0, data.length / 2)].map(Number), [...data.slice(data.length / 2)].map(Number), 1e-4);
  }
  assert.throws(() => looksOf(new Uint8Array()), /does not look twice/);
});

test("a model whose closer look alone says how sure it is", () => {
  const { presence_weights: _, ...closeUp } = TWO_LOOKS.close_up;
  const [hand] = decode(twoLooks([UPRIGHT, LEFT], { presence: [0.6, 0.1] }), { ...TWO_LOOKS, close_up: closeUp }, whole);
  assert.equal(hand.presence, 0.6);
});
