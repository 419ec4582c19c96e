import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const installed = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
]

/** What must not be left out here: `PARTICLE_GRANTS_NEED=browser`. */
export const isNeeded = (process.env.PARTICLE_GRANTS_NEED ?? '').split(',').includes('browser')

/** A browser that is installed, or the one inside a package of npm; or why there is none. */
export async function launch(): Promise<Browser | string> {
  const path = installed.find((candidate) => candidate !== undefined && existsSync(candidate))
  try {
    if (path !== undefined) return await chromium.launch({ executablePath: path, args: quiet })
    // Without the arguments that come with it: in the single process that they ask for, the first page that is
    // closed takes the browser with it.
    const { default: packed } = await import('@sparticuz/chromium')
    return await chromium.launch({ executablePath: await packed.executablePath(), args: quiet })
  } catch (error) {
    return String(error).split('\n')[0] ?? 'for no reason'
  }
}
