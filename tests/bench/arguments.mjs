// SPDX-License-Identifier: MIT
// The command line of the benchmarks: each of them has the options --quick, --out and --help.
import { parseArgs } from "node:util";

/**
 * Prints an error about the command line and ends the program with status 2.
 * @param {string} script the name that stands before the message
 * @param {string} message
 * @returns {never}
 */
export function refuse(script, message) {
  console.error(`${script}: ${message}`);
  process.exit(2);
}

/**
 * Reads the command line. --help prints the usage and ends the program.
 * @param {string} script
 * @param {string} usage
 * @param {string} out the default of --out
 * @param {object} [own] the script's own options, as parseArgs takes them
 * @returns {{ quick: boolean, out: string }} and the options that `own` names
 */
export function readArguments(script, usage, out, own = {}) {
  let values;
  try {
    values = parseArgs({
      options: {
        quick: { type: "boolean", default: false },
        out: { type: "string", default: out },
        help: { type: "boolean", short: "h" },
        ...own,
      },
    }).values;
  } catch (error) {
    return refuse(script, `${error.message.split("\n", 1)[0]}\n${usage}`);
  }
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  return values;
}
