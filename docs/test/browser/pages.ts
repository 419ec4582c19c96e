import { readdirSync } from 'node:fs'
import { builtSite } from './paths.ts'

/** The address of every page of the built site, the 404 page left out. */
export function builtPages(): string[] {
  return readdirSync(builtSite, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.html') && file !== '404.html')
    .map((file) => `/${file.replace(/\.html$/, '').replace(/(^|\/)index$/, '$1')}`)
    .sort()
}
