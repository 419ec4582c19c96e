import { execFileSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { builtSite, docs } from './paths.ts'

/** Folders that nothing of the site is made from. */
const ignored = new Set(['node_modules', '.temp', 'dist', 'cache', 'browser', 'api', 'test'])

/** Builds the site before the tests, unless the one that is there is newer than all that it is made from. */
export function setup(): void {
  const sources = [docs, join(docs, '../packages/core/src'), join(docs, '../packages/sandbox/src')]
  const newest = Math.max(...sources.map(newestIn))
  if (newest < builtAt()) return
  execFileSync('npm', ['run', '-s', 'build:site'], { cwd: docs, stdio: ['ignore', 'pipe', 'inherit'] })
}

/** VitePress writes this file among the first; what was changed during a build counts as newer. */
function builtAt(): number {
  const file = statSync(join(builtSite, '404.html'), { throwIfNoEntry: false })
  return file?.mtimeMs ?? 0
}

function newestIn(folder: string): number {
  const times = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return ignored.has(entry.name) ? 0 : newestIn(path)
    return entry.name.endsWith('.test.ts') ? 0 : statSync(path).mtimeMs
  })
  return Math.max(0, ...times)
}
