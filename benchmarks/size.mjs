// How many bytes a page downloads for the same job, and how much CPU time Node takes to import each library, side by
// side in one run. The job: sign in with a password, renew with a refresh token, and get a token for a client. Every library is bundled
// by the same esbuild with the same options. `npm run bench size`.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { writeResults } from './results.mjs'

const entries = [
  { name: 'hand-written fetch', file: 'floor.js', note: 'the three calls, nothing else' },
  { name: '@badgateway/oauth2-client', file: 'badgateway.js', note: 'the three grants; no MFA' },
  {
    name: 'oauth4webapi',
    file: 'oauth4webapi.js',
    note: 'the three grants as functions; no MFA, no session',
  },
  {
    name: 'openid-client',
    file: 'openid-client.js',
    note: 'the three grants as functions; no MFA, no session',
  },
  { name: '@particle-grants/core', file: 'core.js', note: 'all grants, MFA, state machine, session, store' },
]

async function measure({ name, file, note }) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`size/${file}`, import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    legalComments: 'none',
    write: false,
  })
  const bytes = outputFiles[0].contents
  return {
    name,
    note,
    minified: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
  }
}

const rows = await Promise.all(entries.map(measure))
const floor = rows[0].brotli
const core = rows.at(-1).brotli
const table = [
  ['', 'minified', 'gzip -9', 'brotli 11', '× floor', '× core', 'what it does'],
  ...rows.map((row) => [
    row.name,
    ...[row.minified, row.gzip, row.brotli].map((bytes) => bytes.toLocaleString('en')),
    (row.brotli / floor).toFixed(1),
    (row.brotli / core).toFixed(2),
    row.note,
  ]),
]
const widths = table[0].map((_, column) => Math.max(...table.map((line) => line[column].length)))
for (const line of table) {
  const cells = line.map((cell, column) =>
    column === 0 || column === 6 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
  )
  console.log(cells.join('  ').trimEnd())
}
console.log(`\nBytes of one ESM bundle for browsers (es2022), ratios by brotli; Node ${process.versions.node}.`)
writeResults('size', {
  command: 'npm run bench size',
  unit: 'kB, minified and brotli',
  rows: rows.map(({ name, brotli }) => ({ name, value: brotli / 1000 })),
})

/**
 * Imports each library in a separate process, in turns. CPU time, because the time on the clock is that of the other
 * programs on a busy machine.
 */
const imports = ['oauth4webapi', '@particle-grants/core', 'openid-client', 'axios']
const rounds = 25
const times = new Map(imports.map((name) => [name, []]))
for (let round = 0; round < rounds; round += 1) {
  for (const name of imports) {
    const code = `const start = process.cpuUsage(); await import('${name}')
      const { user, system } = process.cpuUsage(start); console.log((user + system) / 1000)`
    const options = { cwd: fileURLToPath(new URL('.', import.meta.url)), encoding: 'utf8' }
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], options)
    times.get(name).push(Number(stdout))
  }
}
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const base = median(times.get('oauth4webapi'))
console.log(`\nCPU time of an import in Node, median of ${rounds} processes each:`)
for (const name of imports) {
  const ms = median(times.get(name))
  console.log(`${name.padEnd(24)} ${ms.toFixed(1).padStart(6)} ms  ${(ms / base).toFixed(2)} × oauth4webapi`)
}
writeResults('import', {
  command: 'npm run bench size',
  unit: `times oauth4webapi's CPU time, median of ${rounds} processes`,
  rows: imports.map((name) => ({ name, value: median(times.get(name)) / base })),
})
