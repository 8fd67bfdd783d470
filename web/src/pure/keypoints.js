// @ts-check
/** The 21 key points of a hand, in MediaPipe's order, as handvision.core.keypoints has them. */

const FINGERS = ["index_finger", "middle_finger", "ring_finger", "pinky"];

export const KEYPOINT_NAMES = [
  "wrist",
  ...["cmc", "mcp", "ip", "tip"].map((joint) => `thumb_${joint}`),
  ...FINGERS.flatMap((finger) => ["mcp", "pip", "dip", "tip"].map((joint) => `${finger}_${joint}`)),
];

/** Pairs of points that a skeleton joins. */
export const SKELETON = [
  [0, 1], [1, 2], [2, 3], [3, 4],
  [0, 5], [5, 6], [6, 7], [7, 8],
  [5, 9], [9, 10], [10, 11], [11, 12],
  [9, 13], [13, 14], [14, 15], [15, 16],
  [13, 17], [17, 18], [18, 19], [19, 20],
  [0, 17],
];
