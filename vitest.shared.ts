import { defineConfig } from 'vitest/config'

/** Resolves workspace packages to their sources, so that tests need no build. */
const conditions = ['@particle-grants/source']

/** What every project shares; a package's own `vitest.config.ts` exports this. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['src/**/*.test.ts'],
    typecheck: { enabled: true, include: ['src/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
    testTimeout: 30_000,
  },
})
