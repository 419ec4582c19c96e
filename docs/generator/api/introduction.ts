import { posix } from 'node:path'
import { documentedPackages } from '../sidebar.ts'

/** A page of the API, and the README of its package. */
export interface ApiPage {
  /** The package's folder in `packages/`. */
  readonly folder: string
  /** The page, by its path from the folder of the package's pages. */
  readonly file: string
  /** What is imported: the package, or one of its other entry points. */
  readonly entry: string
  readonly readme: string
}

const documented: readonly string[] = documentedPackages

/**
 * Returns a page of typedoc with an introduction from the package's README: its purpose, installation and an example. A page of
 * another entry point says what to import.
 */
export function withIntroduction(page: string, { folder, file, entry, readme }: ApiPage): string {
  const [name = ''] = /^@[\w-]+\/[\w-]+/.exec(entry) ?? []
  const index = posix.relative(posix.dirname(file), 'index.md')
  const introduction =
    entry === name
      ? rebased(beginningOf(readme, name), folder)
      : `The exports of \`${entry}\`. Purpose and installation of the package: [${name}](${index}).`
  return page.replace(/^# .*\n/, `# ${entry}\n\n${introduction}\n`)
}

/** Returns the text of a README before its first section, with an install line and an example. */
function beginningOf(readme: string, name: string): string {
  const beginning = /^# .*\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(readme)?.[1]?.trim() ?? ''
  const example = /^```(?:ts|js)\n[\s\S]*?^```$/m
  return [
    beginning,
    beginning.includes('npm install') ? '' : `Once it is published: \`npm install ${name}\`.`,
    example.test(beginning) ? '' : (example.exec(readme)?.[0] ?? ''),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** Returns a README whose links work from the API page: to pages of the site, or to files of the repository. */
function rebased(markdown: string, folder: string): string {
  return markdown.replaceAll(/\]\((?![a-z]+:|#)([^)\s]+)/g, (_, href: string) => {
    const target = posix.join('packages', folder, href)
    const [, other = ''] = /^packages\/([^/]+)(?:\/README\.md)?$/.exec(target) ?? []
    if (documented.includes(other)) return `](../${other}/index.md`
    return `](${posix.relative(`docs/api/${folder}`, target)}`
  })
}
