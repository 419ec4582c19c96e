import { readFileSync } from 'node:fs'

/**
 * Returns how a page describes itself to search engines and to those who share it: its first sentence, or its title and
 * the description of the site.
 */
export function descriptionOf(file: string, site: string): string {
  const text = readFileSync(file, 'utf8').replaceAll(/^<!--[\s\S]*?-->\n*|^<.*>\n+/gm, '')
  const [, title = '', paragraph = ''] = /^# (.*)\n+((?:[^\n]+\n?)+)/m.exec(text) ?? []
  const plain = paragraph
    .replaceAll('\n', ' ')
    .replaceAll(/\[\^\w+\]|\*\*|`/g, '')
    .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replace(/^\d{4}-\d\d-\d\d\. /, '') // a decision begins with its date
  const sentence = /^\w.*?[.:](?= |$)/.exec(plain)?.[0].replace(/:$/, '.')
  return sentence ?? `${title.replaceAll('`', '')}. ${site}`
}

/** Returns where a page is as Markdown, by its path on the site: the index of a folder has the folder's name. */
export function markdownPath(path: string): string {
  return path.replace(/(.)\/index\.md$/, '$1.md')
}

/** Whether a page is generated from the reference or from doc comments. */
export function isGenerated(file: string): boolean {
  return /\/api\//.test(file) || readFileSync(file, 'utf8').startsWith('<!-- Generated')
}
