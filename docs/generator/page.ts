import { blocks } from './markdown/markdown.ts'
import { lookedAt } from './markdown/provenance.ts'
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

const notice = `<!-- Generated from packages/core/src (grants, reference, machine). Do not edit: change it there, and run
     npm run generate -->`

/** A page: the notice that it is generated, its title, what it says, and how far that can be trusted. */
export function page(path: string, { title, body }: PageContent): GeneratedFile {
  const at = place(path)
  const trust = `*Unofficial, and nothing here was tried against the live service. Behind each fact stands where it is known
from; all sources were last looked at on ${lookedAt()}: [sources](${at.to('reference/sources.md')}).*`
  return { path, text: `${blocks(notice, `# ${title}`, body(at), '---', trust)}\n` }
}
