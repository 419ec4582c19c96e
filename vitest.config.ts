import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

/** Resolves workspace packages to their sources, so that tests need no build. */
const conditions = ['@particle-grants/source']

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The tests that each level runs: `npm test`, `npm run test:stress`, `npm run test:site`, `npm run test:runtimes`. */
const levels = {
  test: { include: ['**/*.test.ts'], exclude: ['**/*.browser.test.ts', '**/*.runtimes.test.ts'] },
  stress: { include: ['**/*.stress.test.ts'], exclude: [] },
  site: { include: ['**/*.browser.test.ts'], exclude: [] },
  runtimes: { include: ['**/*.runtimes.test.ts'], exclude: [] },
}

export default defineConfig(({ mode }) => {
  const level = levels[mode as keyof typeof levels] ?? levels.test
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
      // The test files of a project share a process: they must leave nothing behind in it.
      isolate: false,
      // Far above what any test takes: only a test that hangs may end by time, even on a busy machine.
      testTimeout: 120_000,
      hookTimeout: 120_000,
      expect: { poll: { timeout: 100_000, interval: 10 } },
      ...test,
    },
  })
  const build = file('scripts/build.mjs')
  const bundleCli = file('apps/cli/test/bundle.ts')
  const projects = [
    project('packages/core'),
    project('packages/sandbox'),
    project('packages/reference'),
    project('packages/axios'),
    project('packages/management'),
    project('packages/sso'),
    project('packages/store-contract'),
    project('packages/store-file'),
    project('packages/store-redis'),
    // These mock Node's own modules and native ones, which stay loaded in a shared process.
    project('packages/process-lock', { isolate: true }),
    project('packages/store-keyring', { isolate: true }),
    project('packages/plugin-auth'),
    project('packages/node'),
    project('packages/test-kit'),
    project('apps/cli', { globalSetup: [build, bundleCli] }),
    project('apps/demo', { globalSetup: [build] }),
    // oclif imports the plugin without vite, so these tests resolve packages to `dist`.
    { ...project('apps/devices-plugin', { globalSetup: [build] }), resolve: {}, ssr: {} },
    project('apps/system-tests'),
    project('apps/runtimes', { globalSetup: [build] }),
    project('examples', { globalSetup: [build] }),
    project('docs', {
      globalSetup: mode === 'site' ? [file('docs/test/browser/build-site.ts')] : [build, bundleCli],
    }),
  ]
  const types: TestProjectInlineConfiguration = {
    resolve: { conditions },
    // Enabled here, because vitest prints a notice for each project that enables it in its options.
    plugins: [
      {
        name: 'type-tests',
        configureVitest: ({ project }) => {
          project.config.typecheck.enabled = true
        },
      },
    ],
    test: {
      name: 'types',
      include: [],
      typecheck: {
        only: true,
        // The root's own compiler is the one with a JavaScript API, which takes five times as long.
        checker: file('packages/core/node_modules/.bin/tsc'),
        include: ['packages/*/src/**/*.test-d.ts'],
        tsconfig: './tsconfig.test-d.json',
      },
    },
  }
  return {
    test: {
      // More workers than vitest's default: much of the time is waiting for sockets and processes. It limits a percentage to
      // the number of processors, and stress tests mostly wait.
      maxWorkers: mode === 'stress' ? 2 * availableParallelism() : '100%',
      // Keeps transformed modules on disk, by their content: a second run saves ten seconds.
      experimental: { fsModuleCache: true },
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
