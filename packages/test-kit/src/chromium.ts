import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { reportSkipped } from './levels.ts'
import { isRequired } from './services.ts'

const paths = [
  process.env.CHROMIUM_PATH ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const args = '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking'.split(' ')

/**
 * Starts an installed Chromium, or the one inside an npm package. If neither starts, prints why and returns
 * `undefined`, or throws where `REQUIRED_SERVICES` contains `browser`.
 */
export async function launchChromium(title: string): Promise<Browser | undefined> {
  try {
    const installed = paths.find((path) => existsSync(path))
    if (installed !== undefined) return await chromium.launch({ executablePath: installed, args })
    // Without the package's own arguments: they run a single process, which exits when its first page is closed.
    const { default: packed } = await import('@sparticuz/chromium')
    return await chromium.launch({ executablePath: await packed.executablePath(), args })
  } catch (error) {
    if (isRequired('browser')) throw error
    reportSkipped(title, String(error).split('\n')[0] ?? 'Chromium does not start')
    return undefined
  }
}
