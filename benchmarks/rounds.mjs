// Times programs beside each other: all of them in turn, round after round, each in a separate process.
import { spawnSync } from 'node:child_process'

/** A program: its name in the table, the arguments of `node`, and the variables that it gets beside the common ones. */
export class Program {
  times = []

  constructor(name, args, env = {}) {
    Object.assign(this, { name, args, env })
  }
}

/** Runs every program in every round. The first round is not counted: it fills the caches of the disk and of compiled code. */
export function timeRounds(programs, { rounds, env }) {
  for (let round = -1; round < rounds; round += 1) {
    for (const program of programs) {
      const started = process.hrtime.bigint()
      runNode(program.args, { ...env, ...program.env })
      if (round >= 0) program.times.push(Number(process.hrtime.bigint() - started) / 1e6)
    }
  }
}

/** Runs `node`, and throws if it fails. Returns what it printed. */
export function runNode(args, env) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
  return stdout
}

export function median(values) {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)]
}

export function formatMs(value) {
  return `${value.toFixed(0)} ms`
}
