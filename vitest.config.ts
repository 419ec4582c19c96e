import { defineConfig } from 'vitest/config'

// `.ci/run` asks for a report it can count in; nobody else needs one.
const report = process.env.VITEST_REPORT

export default defineConfig({
  test: {
    // One more than vitest takes by itself: much of the time is waiting for child processes and sockets.
    maxWorkers: '100%',
    projects: ['packages/*', 'apps/*', 'examples', 'docs'],
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    coverage: {
      provider: 'v8',
      // Relative to the project that `test:coverage` names, or files that no test imports would not count.
      include: ['src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.test-d.ts', '**/*.d.ts'],
      reporter: [['text', { skipFull: true }]],
      // A line that no test can reach says so itself: /* v8 ignore next -- the reason */
      thresholds: { lines: 100, branches: 100, functions: 100, statements: 100 },
    },
  },
})
