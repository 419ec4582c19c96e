import { readFileSync } from 'node:fs'
import { summaryOf, titleOf, twinOf } from './twins/twin.ts'

/**
 * What a page says of itself to search engines and to those who share it: its first sentence, or where it has none, its
 * title and what the site is about. `file` is where the page lies, `site` the description of the site.
 */
export function descriptionOf(file: string, site: string): string {
  const text = twinOf(readFileSync(file, 'utf8'), { page: 'index.md', base: '/' })
  return (summaryOf(text) || `${titleOf(text)}. ${site}`).replaceAll('`', '')
}
