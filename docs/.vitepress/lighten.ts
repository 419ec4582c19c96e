import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PurgeCSS } from 'purgecss'
import subsetFont from 'subset-font'

/** Variables that no style sheet uses, but pages and drawings do. */
const variables = [/^--(?:pg|shiki|vp-c-(?:bg|brand))/]

/** Removes from the built site what no page needs: rules and variables of style sheets, and letters and sizes of the font. */
export async function lighten(site: string): Promise<void> {
  const files = readdirSync(site, { recursive: true, encoding: 'utf8' }).map((file) => join(site, file))
  const css = files.filter((file) => /\bassets\b.*\.css$/.test(file))
  const content = [`${site}/**/*.html`, `${site}/assets/**/*.js`]
  const purge = {
    content,
    css,
    keyframes: true,
    variables: true,
    safelist: { variables },
    blocklist: [/DocSearch-(?!Button|Search-Icon)/],
  }
  for (const sheet of await new PurgeCSS().purge(purge)) writeFileSync(sheet.file as string, sheet.css)
  // Letters that no page has are shown in a font of the system.
  const pages = files.filter((file) => file.endsWith('.html')).map((file) => readFileSync(file, 'utf8'))
  const letters = [...new Set(pages.join(''))].join('')
  for (const file of files.filter((file) => file.endsWith('.woff2'))) {
    const variationAxes = { opsz: 14, wght: { min: 400, max: 700, default: 400 } }
    const font = await subsetFont(readFileSync(file), letters, { targetFormat: 'woff2', variationAxes })
    writeFileSync(file, font)
  }
}
