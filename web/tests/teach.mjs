// Teaches what a lesson of own_gestures.json teaches, and writes the file: node tests/teach.mjs NUMBER
import { readFileSync } from "node:fs";

import { OwnGestures } from "../src/pure/own_gestures.js";

const lessons = JSON.parse(readFileSync(new URL("own_gestures.json", import.meta.url), "utf-8"));
const { model, sides, taught } = lessons[Number(process.argv[2])];
const own = new OwnGestures(model, sides);
for (const [name, hands] of Object.entries(taught)) own.teach(name, hands);
process.stdout.write(own.toJson());
