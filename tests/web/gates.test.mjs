// SPDX-License-Identifier: MIT
// The frame benchmark's exact gates, for every scene and vertex source, in headless Chrome: equal bytes,
// nothing allocated in a warm frame, nothing left behind. Times are not checked here but by `./run
// bench frames`.
// Once more with the engine in a worker: the same checksums, and nothing allocated there either.
//   node tests/web/gates.test.mjs [--in-page] [scene]
//   --in-page   not in a worker
import { exactGates } from "../bench/frames/gates.mjs";
import { OWN, SCENES, SOURCE_TITLES, TWIN } from "../bench/frames/plan.mjs";
import { countScenes, heapControl, startCounting } from "../bench/frames/runner.mjs";

const SOURCES = Object.keys(SOURCE_TITLES).filter((name) => name !== TWIN);

/** Where the engine runs, as the address says it. */
const IN_PAGE = "";
const IN_WORKER = "&thread=worker";

let passed = 0;
let failed = 0;
const isInPageOnly = process.argv.includes("--in-page");
const wanted = process.argv.slice(2).find((argument) => argument !== "--in-page");
const again = (scene) => `node tests/web/gates.test.mjs${scene ? ` ${scene}` : ""}`;

function check(name, holds, text, scene = wanted) {
  if (holds) passed++;
  else failed++;
  console.log(`${holds ? "pass" : "FAILED"} ${name} (${text})`);
  if (!holds) console.log(`  again: ${again(scene)}`);
}

function checkIn(where, name, holds, text, scene) {
  check(where === IN_WORKER ? `in a worker: ${name}` : name, holds, text, scene);
}

/** Checks a scene's gates, and that the counters do count. `where` is "" for the page itself. */
function checkScene(scene, found, where) {
  const check = (name, holds, text) => checkIn(where, name, holds, text, scene);
  for (const { name, verdict, text } of exactGates(scene, found)) {
    check(name, verdict === "holds", text);
  }
  // The other sources allocate, and JavaScript arrays make garbage, so their counters must not be
  // 0.
  const { mallocs } = found.malloc.counters;
  check(`${scene}: mallocs of malloc+free are seen`, mallocs > 0, `${mallocs}`);
  const ofArrays = found.array.counters.heapBytesPerFrame;
  const ofOwn = found[OWN].counters.heapBytesPerFrame;
  check(
    `${scene}: garbage of fresh JavaScript arrays is seen`,
    ofArrays > 1000 && ofArrays > 10 * ofOwn,
    `${ofArrays.toFixed(0)} bytes per frame`,
  );
}

/** The worker must upload just what the page does, with each source. */
function checkSame(scene, inPage, inWorker) {
  const different = SOURCES.filter(
    (source) => JSON.stringify(inPage[source].frames) !== JSON.stringify(inWorker[source].frames),
  );
  const text = different.length === 0 ? "all sources" : `not equal: ${different.join(", ")}`;
  checkIn(IN_WORKER, `${scene}: the page's checksums`, different.length === 0, text, scene);
}

async function checkControl(chrome, where) {
  const bytes = 160;
  const seen = await heapControl(bytes, chrome, where);
  checkIn(
    where,
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
  const found = {};
  for (const where of isInPageOnly ? [IN_PAGE] : [IN_PAGE, IN_WORKER]) {
    found[where] = await countScenes(scenes, SOURCES, () => {}, chrome, where);
    for (const scene of scenes) checkScene(scene, found[where][scene], where);
    await checkControl(chrome, where);
  }
  if (!isInPageOnly) {
    for (const scene of scenes) checkSame(scene, found[IN_PAGE][scene], found[IN_WORKER][scene]);
  }
} catch (error) {
  check("counting", false, error.message);
} finally {
  await chrome?.stop();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
