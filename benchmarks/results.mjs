import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'

/**
 * Writes what a benchmark measured to `results/NAME.json`, which the site draws as a chart. Each row has a `name`, a `value`
 * and, where there are two of a kind, a `series`.
 */
export function writeResults(name, { command, unit, rows }) {
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores`
  const result = {
    command,
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    machine,
    unit,
    rows,
  }
  mkdirSync(new URL('results/', import.meta.url), { recursive: true })
  writeFileSync(new URL(`results/${name}.json`, import.meta.url), `${JSON.stringify(result, undefined, 2)}\n`)
}
