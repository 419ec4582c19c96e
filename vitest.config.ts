import { fileURLToPath } from 'node:url'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

/** Builds the packages for tests that run programs from `dist`. */
const buildPackages = fileURLToPath(new URL('packages/test-kit/src/build-packages.ts', import.meta.url))

/** Resolves workspace packages to their sources, so that tests need no build. */
const conditions = ['@particle-grants/source']

/** The tests that each level runs: `npm test`, `npm run test:stress`, `npm run test:site`. */
const levels = {
  test: { include: ['**/*.test.ts'], exclude: ['**/*.browser.test.ts'] },
  stress: { include: ['**/*.stress.test.ts'], exclude: [] },
  site: { include: ['**/*.browser.test.ts'], exclude: [] },
}

export default defineConfig(({ mode }) => {
  const level = levels[mode as keyof typeof levels]
  const project = (
    root: string,
    test: TestProjectInlineConfiguration['test'] = {},
  ): TestProjectInlineConfiguration => ({
    root,
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      name: root.replace(/^(packages|apps)\//, ''),
      include: level.include,
      exclude: ['**/node_modules/**', '**/dist/**', ...level.exclude],
      env: { STRESS: String(mode === 'stress') },
      // Far above what any test takes: only a test that hangs may end by time, even on a busy machine.
      testTimeout: 120_000,
      hookTimeout: 120_000,
      expect: { poll: { timeout: 100_000, interval: 10 } },
      ...test,
    },
  })
  const projects = [
    // These packages keep nothing in globals, so their test files can share a process.
    project('packages/core', { isolate: false }),
    project('packages/sandbox'),
    project('packages/axios'),
    project('packages/store-file'),
    project('packages/store-keyring'),
    project('packages/store-redis'),
    project('packages/process-lock'),
    project('packages/plugin-auth'),
    project('packages/test-kit'),
    project('apps/cli', { globalSetup: [buildPackages, 'test/bundle.ts'] }),
    project('apps/demo', { globalSetup: [buildPackages] }),
    project('apps/devices-plugin', { globalSetup: [buildPackages] }),
    project('apps/system-tests'),
    project('examples', { globalSetup: [buildPackages] }),
    project('docs', {
      isolate: false,
      globalSetup:
        mode === 'site' ? ['browser/build-site.ts'] : [buildPackages, '../apps/cli/test/bundle.ts'],
    }),
  ]
  const types: TestProjectInlineConfiguration = {
    resolve: { conditions },
    test: {
      name: 'types',
      include: [],
      typecheck: {
        enabled: true,
        only: true,
        include: ['packages/*/src/**/*.test-d.ts'],
        tsconfig: './tsconfig.test-d.json',
      },
    },
  }
  return {
    test: {
      // One more worker than vitest's default: much of the time is waiting for sockets and processes.
      maxWorkers: '100%',
      projects: mode === 'test' ? [...projects, types] : projects,
      coverage: {
        provider: 'v8',
        include: ['packages/core/src/**/*.ts'],
        exclude: ['**/*.test.ts', '**/*.test-d.ts', '**/*.d.ts'],
        reporter: [['text', { skipFull: true }]],
        thresholds: { lines: 95, branches: 95, functions: 95, statements: 95 },
      },
    },
  }
})
