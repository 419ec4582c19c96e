import { blocks } from './markdown/markdown.ts'
import { footnotes } from './markdown/provenance.ts'
import { type Place, place } from './place.ts'

/** A generated file, by its path from `docs/`. */
export interface GeneratedFile {
  readonly path: string
  readonly text: string
}

/** What a page is made of. */
export interface PageContent {
  readonly title: string
  readonly body: (at: Place) => readonly string[]
}

const notice = `<!-- Generated from packages/reference/src. Do not edit: change it there, and run
     npm run generate -->`

const trust = '*Unofficial. No fact here was tested against the live service.*'

/** Returns a page: the notice that it is generated, its title, its text, and its sources. */
export function page(path: string, { title, body }: PageContent): GeneratedFile {
  const at = place(path)
  return generatedFile(at, blocks(`# ${title}`, body(at)))
}

/** Returns a page with its own layout. */
export function generatedFile(at: Place, text: string): GeneratedFile {
  return { path: at.path, text: `${blocks(notice, text, '---', trust, footnotes(text, at))}\n` }
}
