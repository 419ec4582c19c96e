import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const conditions = ['@particle-grants/source']

/** The built site in a real browser: `npm run test:site`. Not among the root's projects, since it needs both. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name: 'site',
    root: fileURLToPath(new URL('.', import.meta.url)),
    include: ['*.test.ts'],
    // As in the root: much of the time is waiting for the browser.
    maxWorkers: '100%',
    globalSetup: ['./build-site.ts'],
    // Timing decides nothing here: a busy machine takes its time.
    testTimeout: 180_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 120_000, interval: 10 } },
    reporters: process.env.SITE_REPORT
      ? ['default', ['json', { outputFile: process.env.SITE_REPORT }]]
      : ['default'],
  },
})
