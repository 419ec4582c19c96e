import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const reference = 'packages/reference/src'

/** The source of each generated page: a file, or a folder where there are several. */
const generated: Readonly<Record<string, string>> = {
  'guides/choose.md': `${reference}/token-kinds.ts`,
  'errors.md': `${reference}/errors`,
  'grants/README.md': `${reference}/grants`,
  'grants/password.md': `${reference}/grants/password.ts`,
  'grants/mfa-otp.md': `${reference}/grants/mfa-otp.ts`,
  'grants/recovery-code.md': `${reference}/grants/recovery-code.ts`,
  'grants/client-credentials.md': `${reference}/grants/client-credentials.ts`,
  'grants/refresh-token.md': `${reference}/grants/refresh-token.ts`,
  'reference/calls.md': `${reference}/calls.ts`,
  'reference/clients.md': `${reference}/clients.ts`,
  'reference/limits.md': `${reference}/limits.ts`,
  'reference/unsupported-grants.md': `${reference}/unsupported-grants.ts`,
  'reference/questions.md': `${reference}/questions.ts`,
  'reference/request.md': `${reference}/token-request.ts`,
  'reference/sources.md': `${reference}/sources.ts`,
  'reference/state-machine.md': `${reference}/state-machine/transitions.ts`,
  'reference/token-life.md': `${reference}/lifetimes.ts`,
  'reference/live-check.md': `${reference}/unknowns.ts`,
  'reference/unknowns.md': `${reference}/unknowns.ts`,
}

/** The file or folder of the repository in which a page is changed, by the page's path from `docs`. */
export function sourceOf(page: string): string {
  return generated[page] ?? (page.startsWith('api/') ? entryOf(page) : `docs/${page}`)
}

/** Where a page is edited, from the address of the repository on: a code host edits files, and shows folders. */
export function editPath(page: string): string {
  const source = sourceOf(page)
  return `${/\.\w+$/.test(source) ? 'edit' : 'tree'}/main/${source}`
}

/** The source of the entry point that an API page is made from. */
function entryOf(page: string): string {
  const [, name = '', entry = ''] = /^api\/([^/]+)\/(.*)\.md$/.exec(page) ?? []
  const folder = `packages/${name}`
  const { exports: entries } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  const source = entries[entry === 'index' ? '.' : `./${entry}`]?.['@particle-grants/source']
  if (source === undefined || !existsSync(join(root, folder, source)))
    throw new Error(`No entry point of ${folder} is the source of ${page}.`)
  return `${folder}/${source.replace(/^\.\//, '')}`
}
