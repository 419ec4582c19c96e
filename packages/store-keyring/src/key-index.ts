import type { Entries } from './entries.ts'
import { entryLimit } from './record.ts'

/**
 * The keys of all records, in entries of their own: asking a keyring for "all of a service" reads every secret, is a
 * wildcard search on Windows, and takes another road than single entries do on Linux. In pages, since an entry has a
 * limit. Written under the lock of writers; a key may stand here without a record, but no record without its key.
 */
export class KeyIndex {
  readonly #entries: Entries

  constructor(entries: Entries) {
    this.#entries = entries
  }

  async keys(): Promise<string[]> {
    return (await this.#pages()).flat()
  }

  async add(key: string): Promise<void> {
    const pages = await this.#pages()
    if (pages.some((page) => page.includes(key))) return
    const roomy = pages.findIndex((page) => textOf([...page, key]).length <= entryLimit)
    const number = roomy === -1 ? pages.length : roomy
    await this.#write(number, [...(pages[number] ?? []), key])
  }

  async delete(key: string): Promise<void> {
    const pages = await this.#pages()
    for (const [number, page] of pages.entries()) {
      if (!page.includes(key)) continue
      const rest = page.filter((other) => other !== key)
      // An empty page in the middle keeps the later ones in sight.
      if (rest.length === 0 && number === pages.length - 1) await this.#entries.delete(pageName(number))
      else await this.#write(number, rest)
    }
  }

  async #pages(): Promise<string[][]> {
    const pages: string[][] = []
    for (;;) {
      const bytes = await this.#entries.read(pageName(pages.length))
      if (bytes === undefined) return pages
      // Whatever else may stand there: keys are all that can be meant.
      pages.push(bytes.toString().match(/^[a-z0-9-]{1,80}$/gm) ?? [])
    }
  }

  async #write(number: number, keys: readonly string[]): Promise<void> {
    await this.#entries.write(pageName(number), Buffer.from(textOf(keys)))
  }
}

/** Keys are ASCII. The first line tells people who look into their keyring what this is. */
function textOf(keys: readonly string[]): string {
  return `${['The names of stored sessions:', ...keys].join('\n')}\n`
}

function pageName(number: number): string {
  return `index-${number}`
}
