// SPDX-License-Identifier: MIT
// What every benchmark records about the machine, the commit and the time of its run.
import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { projectFolder } from "./build.mjs";

function commitOfTree() {
  try {
    const options = { cwd: projectFolder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] };
    const git = (...args) => execFileSync("git", args, options);
    const isChanged = git("status", "--porcelain").trim() !== "";
    return git("rev-parse", "HEAD").trim() + (isChanged ? " with changes" : "");
  } catch {
    return "unknown";
  }
}

/** @returns {{ cpu: string, cores: number, commit: string, date: string }} */
export function describeMachine() {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    commit: commitOfTree(),
    date: new Date().toISOString(),
  };
}
