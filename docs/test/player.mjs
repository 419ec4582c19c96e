// Plays samples, one after the other, in a process of its own: packages are loaded once, and not once for each sample.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { format, inspect } from 'node:util'
import './stand-in.mjs'

// In node_modules, so that samples find packages as a file beside it does.
const folder = mkdtempSync(join(import.meta.dirname, '..', 'node_modules', '.samples-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
process.on('disconnect', () => process.exit())

let count = 0
let last = Promise.resolve()
process.on('message', (sample) => {
  last = last.then(async () => process.send({ id: sample.id, ...(await play(sample)) }))
})

async function play({ text, env }) {
  const before = { ...process.env }
  const printed = { stdout: '', stderr: '' }
  const { log, error } = console
  console.log = (...said) => {
    printed.stdout += `${format(...said)}\n`
  }
  console.error = (...said) => {
    printed.stderr += `${format(...said)}\n`
  }
  count += 1
  const file = join(folder, `sample-${count}.mjs`)
  writeFileSync(file, text)
  try {
    Object.assign(process.env, env)
    await import(pathToFileURL(file).href)
    return { code: 0, ...printed }
  } catch (thrown) {
    return { code: 1, ...printed, stderr: `${printed.stderr}${inspect(thrown)}` }
  } finally {
    Object.assign(console, { log, error })
    for (const name of Object.keys(env)) delete process.env[name]
    Object.assign(process.env, before)
  }
}
