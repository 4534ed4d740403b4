// The frame benchmark's exact gates, for every scene and vertex source, in headless Chrome: equal bytes,
// nothing allocated in a warm frame, nothing left behind. No times: `./run bench frames` has those.
//   node tests/web/gates.test.mjs [scene]
import { exactGates } from "../bench/frames/gates.mjs";
import { OWN, SCENES, SOURCE_TITLES, TWIN } from "../bench/frames/plan.mjs";
import { countScenes, heapControl } from "../bench/frames/runner.mjs";

const SOURCES = Object.keys(SOURCE_TITLES).filter((name) => name !== TWIN);

let passed = 0;
let failed = 0;
function check(name, holds, text) {
  if (holds) passed++;
  else failed++;
  console.log(`${holds ? "pass" : "FAIL"} ${name} (${text})`);
}

const wanted = process.argv[2];
const scenes = Object.keys(SCENES).filter((scene) => wanted === undefined || scene === wanted);
if (scenes.length === 0) check("scene", false, `no scene "${wanted}"`);
try {
  const exact = await countScenes(scenes, SOURCES, () => {});
  for (const [scene, found] of Object.entries(exact)) {
    for (const { name, verdict, text } of exactGates(scene, found)) {
      check(name, verdict === "holds", text);
      if (verdict !== "holds") console.log(`  again: node tests/web/gates.test.mjs ${scene}`);
    }
    // What shows that the counters count: the others do allocate, and JavaScript arrays are garbage.
    const { counters: malloc } = found.malloc;
    check(`${scene}: mallocs of malloc+free are seen`, malloc.mallocs > 0, `${malloc.mallocs}`);
    const ofArrays = found.array.counters.heapBytesPerFrame;
    const ofOwn = found[OWN].counters.heapBytesPerFrame;
    check(
      `${scene}: garbage of fresh JavaScript arrays is seen`,
      ofArrays > 1000 && ofArrays > 10 * ofOwn,
      `${ofArrays.toFixed(0)} bytes per frame`,
    );
  }
  const bytes = 160;
  const seen = await heapControl(bytes);
  check(
    "known garbage is measured",
    seen >= bytes && seen < 4 * bytes,
    `${seen.toFixed(0)} of ${bytes} bytes`,
  );
} catch (error) {
  check("counting", false, error.message);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
