import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { generate } from './generate.ts'
import type { GeneratedFile } from './page.ts'

/** Runs a command of the generator, and returns its exit code. `docs` is the folder of the site. */
export async function main([command = 'write']: readonly string[], docs: string): Promise<number> {
  if (command === 'api') return api(docs)
  const files = await generate()
  const isStale = ({ path, text }: GeneratedFile) =>
    !existsSync(join(docs, path)) || readFileSync(join(docs, path), 'utf8') !== text
  const stale = files.filter(isStale)
  if (command === 'check') {
    for (const { path } of stale) print(`docs/${path} is stale.`)
    print(stale.length === 0 ? `${files.length} generated files are up to date.` : 'Run: npm run generate')
    return stale.length === 0 ? 0 : 1
  }
  for (const { path, text } of stale) {
    mkdirSync(dirname(join(docs, path)), { recursive: true })
    writeFileSync(join(docs, path), text)
  }
  print(`${files.length} files, ${stale.length} of them changed.`)
  return 0
}

async function api(docs: string): Promise<number> {
  const { makeApiPages } = await import('./api/api.ts')
  const failed = await makeApiPages(docs)
  if (failed > 0) print(`The doc comments of ${failed} packages have problems: see above.`)
  return failed === 0 ? 0 : 1
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
