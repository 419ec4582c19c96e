import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PurgeCSS } from 'purgecss'
import subsetFont from 'subset-font'

/** Western European letters, and the signs of these pages. Others are shown in a font of the system. */
const letters = `${String.fromCodePoint(...Array(0x100).keys())}–—‘’“”…←→↑↓`

/** Removes from the built site what no page needs: rules of style sheets, and letters, weights and sizes of the font. */
export async function lighten(site: string): Promise<void> {
  const assets = join(site, 'assets')
  const files = readdirSync(assets).map((file) => join(assets, file))
  const css = files.filter((file) => file.endsWith('.css'))
  const content = [`${site}/**/*.html`, `${assets}/**/*.js`]
  for (const sheet of await new PurgeCSS().purge({ content, css, keyframes: true }))
    writeFileSync(sheet.file as string, sheet.css)
  for (const file of files.filter((file) => file.endsWith('.woff2')))
    writeFileSync(
      file,
      await subsetFont(readFileSync(file), letters, {
        targetFormat: 'woff2',
        variationAxes: { opsz: 14, wght: { min: 400, max: 700, default: 400 } },
      }),
    )
}
