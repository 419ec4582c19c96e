import type { Manifest, PackageInfo } from '../manifest.ts'
import { findPage, type HelpPage, listCommands, type Section } from './page.ts'

/** A man page: its file name, and its text in roff. */
export type ManPage = readonly [fileName: string, text: string]

/** Returns a man page for each help page. The build writes them, and npm links them when the package is installed. */
export function createManPages(manifest: Manifest, pkg: PackageInfo): ManPage[] {
  const pages: ManPage[] = []
  const add = (words: readonly string[]) => {
    const page = findPage(words, manifest, pkg)
    if (page === undefined) return
    const below = listCommands(words, manifest, pkg).map(([word]) => [...words, word])
    pages.push([`${getName(words)}.1`, formatManPage(page, { below, version: pkg.version })])
    for (const one of below) add(one)
  }
  add([])
  add(['environment'])
  add(['exit-codes'])
  return pages
}

function getName(words: readonly string[]): string {
  return ['pgrants', ...words].join('-')
}

function formatManPage(
  { words, summary, sections }: HelpPage,
  { below, version }: { readonly below: readonly (readonly string[])[]; readonly version: string },
): string {
  const related = words.length === 0 ? [['environment'], ['exit-codes']] : [[], ['environment']]
  const references = [...below, ...related].map((one) => `${getName(one)}(1)`)
  return [
    `.TH ${getName(words).toUpperCase()} 1 "" "pgrants ${version}" "pgrants manual"`,
    '.SH NAME',
    `${escapeRoff(getName(words))} \\- ${escapeRoff(summary.replace(/\.$/, ''))}`,
    ...sections.filter(({ heading }) => heading !== 'LEARN MORE').flatMap(formatSection),
    '.SH SEE ALSO',
    escapeRoff(references.join(', ')),
    '',
  ].join('\n')
}

function formatSection({ heading, paragraphs = [], lines = [], rows = [] }: Section): string[] {
  return [
    `.SH ${heading === 'USAGE' ? 'SYNOPSIS' : escapeRoff(heading)}`,
    ...paragraphs.flatMap((text) => ['.PP', escapeRoff(text)]),
    ...(lines.length === 0 ? [] : ['.nf', ...lines.map(escapeRoff), '.fi']),
    ...rows.flatMap(([name, text]) => ['.TP', `\\fB${escapeRoff(name.trim())}\\fR`, escapeRoff(text)]),
  ]
}

/** A hyphen would be printed as a dash, and a dot or a quote at the start of a line would be a macro. */
function escapeRoff(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/gm, '\\&$&')
}
