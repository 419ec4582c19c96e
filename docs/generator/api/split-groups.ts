import { posix } from 'node:path'

/** The pages of a package, by their paths from its folder. */
type Pages = Readonly<Record<string, string>>

/**
 * Splits the pages of typedoc at their groups: `index.md` lists the names, and `functions.md` explains those that are
 * functions. One page with every export of a package is too heavy.
 */
export function splitGroups(pages: Pages): Pages {
  const split: Record<string, { readonly from: string; text: string }> = {}
  /** The page that has an anchor now, by the page and anchor before. */
  const moved = new Map<string, string>()
  for (const [file, text] of Object.entries(pages)) {
    const [head = '', ...groups] = text.split(/^## /m)
    const title = /^# (.*)/.exec(head)?.[1]
    const index = { from: file, text: head }
    split[file] = index
    for (const group of groups) {
      const [name = ''] = group.split('\n', 1)
      if (name === 'References') {
        index.text += `## ${group}`
        continue
      }
      const kind = name.toLowerCase().replace(' ', '-')
      const own = file.endsWith('index.md') ? file.replace('index', kind) : file.replace('.md', `-${kind}.md`)
      for (const [, heading, cell] of group.matchAll(/\{#(.+)\}$|<a id="([^"]+)"/gm))
        moved.set(`${file}#${heading ?? cell}`, own)
      const names = [...group.matchAll(/^### (.*) \{#(.+)\}$/gm)]
      const links = names.map(([, text, id]) => `- [${text}](#${id})`)
      index.text += `## ${name}\n\n${links.join('\n')}\n\n`
      // The name of the group becomes the title, so every heading goes up by one level.
      const text = `# ${name} of ${title}\n${group.slice(name.length + 1).replaceAll(/^#(#+ )/gm, '$1')}`
      split[own] = { from: file, text }
    }
  }
  const relink = (own: string, from: string) => (link: string, path: string, anchor: string) => {
    const before = path === '' ? from : posix.join(posix.dirname(from), path)
    const target = moved.get(`${before}#${anchor}`)
    return target === undefined ? link : `](${posix.relative(posix.dirname(own), target)}#${anchor})`
  }
  return Object.fromEntries(
    Object.entries(split).map(([own, { from, text }]) => [
      own,
      text.replaceAll(/\]\(([\w./-]*)#([^)\s]+)\)/g, relink(own, from)),
    ]),
  )
}
