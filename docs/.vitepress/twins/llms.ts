import { fromTheRoot, summaryOf, titleOf } from './twin.ts'

/** A page as Markdown, and where it lies on the site. */
export interface Twin {
  readonly path: string
  readonly text: string
}

/** The site as its sidebar has it. */
export interface SiteParts {
  readonly title: string
  readonly description: string
  readonly base: string
  readonly sidebar: readonly { readonly text: string; readonly items: readonly { readonly link: string }[] }[]
}

/** The section of pages that the sidebar does not name, by the folder that they lie in. */
const sectionsOfFolders: Readonly<Record<string, string>> = { api: 'Packages', decisions: 'Project' }
const start = 'Start'

/** `llms.txt`: every twin, in the order of the sidebar; what that does not name comes last in its section. */
export function listOf(twins: readonly Twin[], { title, description, base, sidebar }: SiteParts): string {
  const lists = sectionsOf(twins, sidebar).map(([text, listed]) =>
    [`## ${text}`, '', ...listed.map((twin) => entry(twin, base))].join('\n'),
  )
  return `${[`# ${title}`, `> ${description}`, ...lists].join('\n\n')}\n`
}

/** `llms-full.txt`: every twin but the API of the packages, in the same order. */
export function wholeOf(twins: readonly Twin[], { base, sidebar }: SiteParts): string {
  const all = sectionsOf(twins, sidebar).flatMap(([, listed]) => listed)
  const shown = all.filter(({ path }) => !path.startsWith('api/'))
  return shown.map(({ path, text }) => fromTheRoot(text, base + path)).join('\n')
}

function sectionsOf(
  twins: readonly Twin[],
  sidebar: SiteParts['sidebar'],
): readonly (readonly [section: string, twins: readonly Twin[]])[] {
  const named = sidebar.map(
    ({ text, items }) => [text, items.flatMap(({ link }) => at(link, twins))] as const,
  )
  const listed = new Set(named.flatMap(([, those]) => those))
  const others = twins.filter((twin) => !listed.has(twin))
  const sectionOf = ({ path }: Twin) => sectionsOfFolders[path.split('/')[0] ?? ''] ?? start
  return [[start, [] as readonly Twin[]] as const, ...named].map(([text, those]) => [
    text,
    [...those, ...others.filter((twin) => sectionOf(twin) === text)],
  ])
}

function at(link: string, twins: readonly Twin[]): readonly Twin[] {
  const path = `${link.slice(1)}${link.endsWith('/') ? 'index' : ''}.md`
  return twins.filter((twin) => twin.path === path)
}

function entry({ path, text }: Twin, base: string): string {
  const summary = summaryOf(text)
  return `- [${titleOf(text)}](${base}${path})${summary === '' ? '' : `: ${summary}`}`
}
