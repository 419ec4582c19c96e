import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Application, LogLevel } from 'typedoc'
import { documentedPackages } from '../sidebar.ts'
import { withIntroduction } from './introduction.ts'
import { splitGroups } from './split-groups.ts'

/** Generates the API pages of every package from its doc comments, and returns the number of packages that failed. */
export async function makeApiPages(docs: string): Promise<number> {
  let failed = 0
  for (const name of documentedPackages) {
    const folder = join(docs, '..', 'packages', name)
    const out = join(docs, 'api', name)
    rmSync(out, { recursive: true, force: true })
    const entries = entriesOf(folder)
    if (await makePages(folder, Object.keys(entries), out)) finish(name, entries, out)
    else failed += 1
  }
  return failed
}

/** Returns what is imported from a package, by the source file of its entry point. */
function entriesOf(folder: string): Readonly<Record<string, string>> {
  const { name, exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const entries = Object.entries(exports as Record<string, { '@particle-grants/source'?: string }>)
  return Object.fromEntries(
    entries.flatMap(([path, { '@particle-grants/source': file }]) =>
      file === undefined || !existsSync(join(folder, file)) ? [] : [[file, name + path.slice(1)]],
    ),
  )
}

/** Introduces the pages of typedoc, and splits them. */
function finish(folder: string, entries: Readonly<Record<string, string>>, out: string): void {
  const readme = readFileSync(join(out, '../../../packages', folder, 'README.md'), 'utf8')
  const introduced = Object.entries(entries).map(([source, entry]) => {
    const file = source.replace('./src/', '').replace(/(?:\/index)?\.ts$/, '.md')
    const page = readFileSync(join(out, file), 'utf8')
    return [file, withIntroduction(page, { folder, file, entry, readme })] as const
  })
  for (const [file, text] of Object.entries(splitGroups(Object.fromEntries(introduced))))
    writeFileSync(join(out, file), text)
}

async function makePages(folder: string, sources: readonly string[], out: string): Promise<boolean> {
  const app = await Application.bootstrapWithPlugins({
    entryPoints: sources.map((file) => join(folder, file)),
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
  useCustomAnchors: true,
  entryModule: 'index',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  typeDeclarationVisibility: 'compact', // what a constant contains is in the pages of the site
  // Nearly everything is readonly, so the modifier says nothing.
  tableColumnSettings: { hideModifiers: true, hideInherited: true, hideOverrides: true },
} as object
