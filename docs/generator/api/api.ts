import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Application, LogLevel } from 'typedoc'
import { documentedPackages } from '../sidebar.ts'
import { withIntroduction } from './introduction.ts'

/**
 * Generates the API pages of every package from its doc comments, and returns the number of packages that failed. A package
 * whose sources have not changed is skipped.
 */
export async function makeApiPages(docs: string): Promise<number> {
  let failed = 0
  for (const name of documentedPackages) {
    const folder = join(docs, '..', 'packages', name)
    const out = join(docs, 'api', name)
    const stamp = join(out, '.made-from')
    const sources = hashOf(folder)
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) continue
    rmSync(out, { recursive: true, force: true })
    if (await makePages(folder, out)) {
      introduce(name, folder, out)
      writeFileSync(stamp, sources)
    } else failed += 1
  }
  return failed
}

function introduce(name: string, folder: string, out: string): void {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8')
  for (const file of readdirSync(out).filter((one) => one.endsWith('.md'))) {
    const page = readFileSync(join(out, file), 'utf8')
    const entry = `@particle-grants/${name}${file === 'index.md' ? '' : `/${file.replace(/\.md$/, '')}`}`
    writeFileSync(join(out, file), withIntroduction(page, { folder: name, entry, readme }))
  }
}

function hashOf(folder: string): string {
  const hash = createHash('sha256').update(JSON.stringify([common, markdown, introductions]))
  const files = readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.test(-d)?\.ts$/.test(file))
    .map((file) => join('src', file))
  for (const file of [...files.toSorted(), 'package.json', 'README.md']) {
    hash.update(file).update(readFileSync(join(folder, file)))
  }
  return hash.digest('hex')
}

async function makePages(folder: string, out: string): Promise<boolean> {
  const { name, exports: entries } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const entryPoints = Object.values(entries as Record<string, { '@particle-grants/source'?: string }>)
    .flatMap((entry) => entry['@particle-grants/source'] ?? [])
    .map((file) => join(folder, file))
    .filter(existsSync)
  const app = await Application.bootstrapWithPlugins({
    name,
    entryPoints,
    tsconfig: join(folder, 'tsconfig.build.json'),
    // Other packages of the workspace resolve to their sources, so nothing has to be built first.
    compilerOptions: { customConditions: ['@particle-grants/source'], rootDir: join(folder, '..') },
    out,
    ...common,
    ...markdown,
  })
  const project = await app.convert()
  if (project === undefined || app.logger.hasErrors() || app.logger.hasWarnings()) return false
  await app.generateOutputs(project)
  return !app.logger.hasErrors()
}

/** Increase it when the introductions change, so that every page is generated again. */
const introductions = 2

const common = {
  plugin: ['typedoc-plugin-markdown'],
  readme: 'none',
  skipErrorChecking: true, // check:types does that
  excludePrivate: true,
  excludeInternal: true,
  excludeExternals: true, // what a class inherits from another package is explained there
  disableSources: true,
  hideGenerator: true,
  treatWarningsAsErrors: true,
  logLevel: LogLevel.Warn,
  validation: { notExported: false, invalidLink: true, notDocumented: false },
}

/** Options of typedoc-plugin-markdown, which are not in typedoc's types. */
const markdown = {
  outputFileStrategy: 'modules',
  entryFileName: 'index',
  entryModule: 'index',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  // Nearly everything is readonly, so the modifier says nothing.
  tableColumnSettings: { hideModifiers: true, hideInherited: true, hideOverrides: true },
} as object
