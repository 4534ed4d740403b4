// SPDX-License-Identifier: MIT
// ./run bench frames: builds the demo, checks its exact gates and measures its frames in headless Chrome. Writes
// frames.json, summary.md, report.html, plot.svg and plot.png. README.md says what is measured.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { LIMITS } from "../../demo/engine.mjs";
import { readArguments, refuse } from "./arguments.mjs";
import { call, inspectEmcc, projectFolder } from "./build.mjs";
import { describeMachine } from "./environment.mjs";
import { PLANS, SCENES, SOURCE_TITLES, TWIN } from "./frames/plan.mjs";
import { htmlReport } from "./frames/report.mjs";
import { endLines, exitStatus, markdownSummary, roundLine } from "./frames/summary.mjs";

const USAGE = `Usage: ./run bench frames [--quick] [--scene S [SIZE...]] [--headed] [--out DIR]

  --quick     one browser and short blocks: under 4 minutes instead of 25
  --scene S   one scene only: ${Object.keys(SCENES).join(", ")}
  SIZE        of that scene: --triangles N, --uploads N (how many batches), --workers N
  --headed    in a window, with the GPU that Chrome finds, instead of software without one; what is
              counted exactly is still counted without a window
  --out DIR   where frames.json, summary.md, report.html, plot.svg and plot.png go
              default: build/bench/frames

Exit status: 0 all gates hold; 1 a gate failed, or nothing could be measured; 2 wrong arguments;
3 inconclusive: over a quarter of the rounds were disturbed, or a ratio is beyond its limit while
its interval is not.`;

/** The sizes of a scene that can be asked for. */
const SIZES = ["triangles", "uploads", "workers"];
const SOURCES = Object.keys(SOURCE_TITLES).filter((name) => name !== TWIN);

function checkScene(scene) {
  if (scene === undefined || Object.hasOwn(SCENES, scene)) return;
  refuse("frames.mjs", `no scene "${scene}"; there are: ${Object.keys(SCENES).join(", ")}`);
}

/** Gives the chosen scene the sizes that were asked for. */
function takeSizes(options) {
  for (const name of SIZES) {
    const size = options[name];
    const [least, most] = LIMITS[name];
    if (size === undefined) continue;
    if (!options.scene) refuse("frames.mjs", `--${name} wants --scene as well`);
    if (!/^\d{1,9}$/.test(size) || +size < least || +size > most) {
      refuse("frames.mjs", `--${name} wants a number from ${least} to ${most}, not "${size}"`);
    }
    SCENES[options.scene][name] = +size;
  }
}

/** Builds the demo as a release build, which is what users get and what is measured. */
async function buildDemo() {
  await call("cmake", ["--preset", "wasm"]);
  await call("cmake", ["--build", "--preset", "wasm", "--target", "demo"]);
  const cache = readFileSync(join(projectFolder, "build/wasm/CMakeCache.txt"), "utf8");
  const setting = (name) => cache.match(new RegExp(`^${name}:\\w+=(.*)$`, "m"))?.[1] ?? "";
  const type = setting("CMAKE_BUILD_TYPE");
  const { version } = await inspectEmcc(setting("CMAKE_C_COMPILER") || "emcc");
  const flags = [setting("CMAKE_C_FLAGS"), setting(`CMAKE_C_FLAGS_${type.toUpperCase()}`)];
  return { emscripten: version, flags: `${type}: ${flags.filter(Boolean).join(" ")}` };
}

const options = readArguments("frames.mjs", USAGE, "build/bench/frames", {
  scene: { type: "string" },
  headed: { type: "boolean", default: false },
  ...Object.fromEntries(SIZES.map((name) => [name, { type: "string" }])),
});
checkScene(options.scene);
takeSizes(options);
// These want packages of npm's, which --help and a wrong option can do without.
const { drawFigure, renderPng } = await import("./frames/figure.mjs");
const { CHROME_ARGUMENTS, countScenes, inspectDisplay, runRounds } =
  await import("./frames/runner.mjs");
const out = resolve(projectFolder, options.out);
const start = performance.now();
const elapsed = () => `${Math.round((performance.now() - start) / 1000)} s`;
const scenes = options.scene ? [options.scene] : Object.keys(SCENES);
const plan = PLANS[options.quick ? "quick" : "full"];

try {
  // First, because nothing need be built where there is no display.
  const display = options.headed ? await inspectDisplay() : undefined;
  if (display) {
    console.log(`in a window: ${display.renderer}, a frame every ${display.frameMs.toFixed(1)} ms`);
  }
  mkdirSync(out, { recursive: true });
  console.log("building the demo");
  const build = await buildDemo();
  console.log(`counting exactly, after ${elapsed()}`);
  const exact = await countScenes(scenes, SOURCES, (scene) =>
    console.log(`  ${scene}, after ${elapsed()}`),
  );

  console.log(`measuring, after ${elapsed()}`);
  const { rounds, version, renderer, kind } = await runRounds({
    plan,
    scenes,
    sources: SOURCES,
    display,
    onRound: (done, total, round) =>
      console.log(`${roundLine(done, total, round)}, after ${elapsed()}`),
  });

  const result = {
    environment: {
      ...describeMachine(),
      versions: {
        chrome: version,
        renderer,
        engine: `the demo's build "${kind}"`,
        emscripten: build.emscripten,
        node: `Node.js ${process.version}`,
      },
      flags: {
        emcc: build.flags,
        chrome: `${display ? "with a window" : "headless"}: ${CHROME_ARGUMENTS.join(" ")}`,
      },
      isQuick: options.quick,
    },
    plan,
    scenes: Object.fromEntries(scenes.map((scene) => [scene, SCENES[scene]])),
    exact,
    rounds,
  };
  const svg = drawFigure(result);
  writeFileSync(join(out, "frames.json"), `${JSON.stringify(result)}\n`);
  writeFileSync(join(out, "summary.md"), markdownSummary(result));
  writeFileSync(join(out, "report.html"), htmlReport(result, svg));
  writeFileSync(join(out, "plot.svg"), svg);
  await renderPng(svg, join(out, "plot.png"));
  console.log(`\nmeasured with: ${renderer}${display ? ", in a window" : ""}`);
  console.log(`\n${endLines(result)}`);
  console.log(
    `\n${join(out, "report.html")}, summary.md, frames.json, plot.svg and plot.png, after ${elapsed()}`,
  );
  process.exitCode = exitStatus(result);
} catch (error) {
  console.error(`frames.mjs: ${error.message}`);
  process.exitCode = 1;
}
