import { blocks } from './markdown/markdown.ts'
import { checkedOn } from './markdown/provenance.ts'
import { type Place, place } from './place.ts'

/** A generated file, by its path from `docs/`. */
export interface GeneratedFile {
  readonly path: string
  readonly text: string
}

/** What a page is made of. */
export interface PageContent {
  readonly title: string
  /** For search engines. Without it the site takes the first sentence. */
  readonly description?: string
  readonly body: (at: Place) => readonly string[]
}

const notice = `<!-- Generated from packages/reference/src. Do not edit: change it there, and run
     npm run generate -->`

/** Returns a page: the notice that it is generated, its title, its text, and how reliable it is. */
export function page(path: string, { title, description, body }: PageContent): GeneratedFile {
  const at = place(path)
  const trust = `*Unofficial. No fact here was tested against the live service. The sources are linked from each fact, and were last read
on ${checkedOn()}: [sources](${at.to('reference/sources.md')}).*`
  const frontmatter = description === undefined ? '' : `---\ndescription: ${JSON.stringify(description)}\n---`
  return { path, text: `${blocks(frontmatter, notice, `# ${title}`, body(at), '---', trust)}\n` }
}
