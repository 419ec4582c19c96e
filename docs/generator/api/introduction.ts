import { posix } from 'node:path'
import { documentedPackages } from '../sidebar.ts'

/** A page of the API, and the README of its package. */
export interface ApiPage {
  /** The package's folder in `packages/`. */
  readonly folder: string
  /** What is imported: the package, or one of its other entry points. */
  readonly entry: string
  readonly readme: string
}

const documented: readonly string[] = documentedPackages

/**
 * A page that typedoc made, with a beginning: what the package is for, how it is installed and an example, all from its
 * README; for another entry point than the first, what is imported.
 */
export function withIntroduction(page: string, { folder, entry, readme }: ApiPage): string {
  const [name = ''] = /^@[\w-]+\/[\w-]+/.exec(entry) ?? []
  const introduction =
    entry === name
      ? rebased(beginningOf(readme, name), folder)
      : `What \`import { … } from '${entry}'\` gives. What the package is for, and how it is installed: [${name}](./index.md).`
  return page.replace(/^# .*\n/, `# ${entry}\n\n${introduction}\n`)
}

/** What a README says before its first section, with an install line and an example where it has those only later. */
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

/** Links of a README as they lead from the page: to pages of the site where there are, else to files of the repository. */
function rebased(markdown: string, folder: string): string {
  return markdown.replaceAll(/\]\((?![a-z]+:|#)([^)\s]+)/g, (_, href: string) => {
    const target = posix.join('packages', folder, href)
    const [, other = ''] = /^packages\/([^/]+)(?:\/README\.md)?$/.exec(target) ?? []
    if (documented.includes(other)) return `](../${other}/index.md`
    return `](${posix.relative(`docs/api/${folder}`, target)}`
  })
}
