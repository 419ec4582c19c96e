import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { onProcessEnd } from '../programs/on-process-end.ts'
import { extractFences } from './fences.ts'

/** Sends requests for Particle's API to the sandbox in `SANDBOX_URL`. */
const redirectRequests = `
const fetchOverNetwork = globalThis.fetch
globalThis.fetch = (input, init) => {
  const request = new Request(input, init)
  const url = request.url.replace('https://api.particle.io', process.env.SANDBOX_URL)
  return fetchOverNetwork(new Request(url, request))
}
`

/**
 * Bundles the first TypeScript sample of a package's README as a program that prints `response.status`. The file is inside
 * the package, so that it finds native dependencies.
 */
export async function buildReadmeProgram(packageFolder: string): Promise<string> {
  const [sample = ''] = extractFences(readFileSync(join(packageFolder, 'README.md'), 'utf8'), 'ts')
  const folder = mkdtempSync(join(packageFolder, 'node_modules', '.readme-'))
  onProcessEnd(() => rmSync(folder, { recursive: true, force: true }))
  const source = join(folder, 'source.ts')
  writeFileSync(source, `${sample}\nconsole.log(response.status)\nprocess.exit()\n`)
  const program = join(folder, 'program.mjs')
  await build({
    entryPoints: [source],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@particle-grants/source'],
    external: ['@napi-rs/keyring'],
    banner: { js: redirectRequests },
    logLevel: 'error',
  })
  return program
}
