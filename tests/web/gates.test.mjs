// SPDX-License-Identifier: MIT
// The frame benchmark's exact gates, for every scene and vertex source, in headless Chrome: equal bytes,
// nothing allocated in a warm frame, nothing left behind. Times are not checked here but by `./run
// bench frames`.
//   node tests/web/gates.test.mjs [scene]
import { exactGates } from "../bench/frames/gates.mjs";
import { OWN, SCENES, SOURCE_TITLES, TWIN } from "../bench/frames/plan.mjs";
import { countScenes, heapControl, startCounting } from "../bench/frames/runner.mjs";

const SOURCES = Object.keys(SOURCE_TITLES).filter((name) => name !== TWIN);

let passed = 0;
let failed = 0;
const wanted = process.argv[2];
const again = (scene) => `node tests/web/gates.test.mjs${scene ? ` ${scene}` : ""}`;

function check(name, holds, text, scene = wanted) {
  if (holds) passed++;
  else failed++;
  console.log(`${holds ? "pass" : "FAILED"} ${name} (${text})`);
  if (!holds) console.log(`  again: ${again(scene)}`);
}

/** Checks a scene's gates, and that the counters do count. */
function checkScene(scene, found) {
  for (const { name, verdict, text } of exactGates(scene, found)) {
    check(name, verdict === "holds", text, scene);
  }
  // The other sources allocate, and JavaScript arrays make garbage, so their counters must not be
  // 0.
  const { mallocs } = found.malloc.counters;
  check(`${scene}: mallocs of malloc+free are seen`, mallocs > 0, `${mallocs}`, scene);
  const ofArrays = found.array.counters.heapBytesPerFrame;
  const ofOwn = found[OWN].counters.heapBytesPerFrame;
  check(
    `${scene}: garbage of fresh JavaScript arrays is seen`,
    ofArrays > 1000 && ofArrays > 10 * ofOwn,
    `${ofArrays.toFixed(0)} bytes per frame`,
    scene,
  );
}

async function checkControl(chrome) {
  const bytes = 160;
  const seen = await heapControl(bytes, chrome);
  check(
    "known garbage is measured",
    seen >= bytes && seen < 4 * bytes,
    `${seen.toFixed(0)} of ${bytes} bytes`,
  );
}

const scenes = Object.keys(SCENES).filter((scene) => wanted === undefined || scene === wanted);
if (scenes.length === 0) check("scene", false, `no scene "${wanted}"`);
let chrome;
try {
  chrome = await startCounting();
  const exact = await countScenes(scenes, SOURCES, () => {}, chrome);
  for (const scene of scenes) checkScene(scene, exact[scene]);
  await checkControl(chrome);
} catch (error) {
  check("counting", false, error.message);
} finally {
  await chrome?.stop();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
