import { defineConfig } from 'vitest/config'

/** Resolves workspace packages to their sources, so that tests need no build. */
const conditions = ['@particle-grants/source']

/** What every project shares; a package's own `vitest.config.ts` exports this. */
export default defineConfig({
  plugins: [
    {
      // Switched on here and not below, since vitest prints a notice for each project that says so in its options.
      name: 'type-tests',
      configureVitest({ project }) {
        project.config.typecheck.enabled = true
      },
    },
  ],
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['src/**/*.test.ts'],
    typecheck: { include: ['src/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
    // Far above what anything takes: only something that hangs may end by time, on a busy machine as well.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // By itself vitest polls for one second. Below the test's own limit, so that what was waited for is told.
    expect: { poll: { timeout: 50_000, interval: 10 } },
  },
})
