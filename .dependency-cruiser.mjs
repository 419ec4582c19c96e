// The arrows between packages, and inside core. `npm run check imports` runs it over the sources: the export
// condition of the workspace resolves `@particle-grants/…` to `src`, so a rule sees through package borders.
// Helpers of one package's tests lie in its `test` folder.
const tests = '\\.test(-d)?\\.ts$|^((packages|apps)/[^/]+|examples|docs)/test/'
const workspace = '^(packages|apps|docs|examples|benchmarks)/'

/** What a package may import from the workspace. Tests may use the kit and the sandbox as well. */
const mayImportOfTheWorkspace = {
  reference: ['core'],
  axios: ['core'],
  management: ['core'],
  sso: ['core'],
  node: ['core', 'store-file', 'store-keyring'],
  'plugin-auth': ['core', 'reference', 'node', 'sso', 'management', 'store-file'],
  'store-contract': ['core'],
  'store-file': ['core', 'process-lock'],
  'store-keyring': ['core', 'process-lock'],
  'store-redis': ['core'],
  'process-lock': [],
}

const packageRules = Object.entries(mayImportOfTheWorkspace).map(([name, others]) => ({
  name: `${name}-takes-only-${others.join('-and-') || 'nothing'}`,
  severity: 'error',
  from: { path: `^packages/${name}/`, pathNot: tests },
  to: { path: workspace, pathNot: `^packages/(${[name, ...others].join('|')})/` },
}))

export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Types count too: a cycle of types is a cut in the wrong place.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'everything-resolves',
      comment: 'A rule is blind to an import that does not resolve. (A bin loads dist, which may not be built yet.)',
      severity: 'error',
      from: { path: workspace, pathNot: '^(packages|apps)/[^/]+/bin/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'core-takes-nothing',
      comment: 'Zero dependencies, any runtime: no package and no Node built-in.',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: tests },
      to: { pathNot: '^packages/core/src/' },
    },
    {
      name: 'pure-parts-know-no-effects',
      comment: 'Grants, protocol and machine are pure: they never see the session that performs effects, or a store.',
      severity: 'error',
      from: { path: '^packages/core/src/(grants|protocol|machine)/', pathNot: tests },
      to: { path: '^packages/core/src/(session|store|pool)[^/]*(/|\\.ts$)', reachable: true },
    },
    {
      name: 'the-sandbox-never-sees-core',
      comment: 'It is the second writing of the protocol: the same mistake must not sit on both sides. Tests included.',
      severity: 'error',
      from: { path: '^packages/sandbox/' },
      to: { path: '^packages/core/|^@particle-grants/core', reachable: true },
    },
    {
      name: 'the-sandbox-library-bundles-for-a-browser',
      comment: 'Listening is in @particle-grants/sandbox/node, and only there.',
      severity: 'error',
      from: { path: '^packages/sandbox/src/index\\.ts$' },
      to: { path: '^packages/sandbox/src/node/', reachable: true },
    },
    {
      name: 'the-sandbox-uses-node-in-one-folder',
      severity: 'error',
      from: { path: '^packages/sandbox/src/', pathNot: ['^packages/sandbox/src/node/', tests] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'the-test-kit-imports-no-package-of-the-workspace',
      comment: 'Every package tests with it, so that it would close a circle.',
      severity: 'error',
      from: { path: '^packages/test-kit/' },
      to: { path: workspace, pathNot: '^packages/test-kit/' },
    },
    {
      name: 'the-test-kit-is-for-tests',
      severity: 'error',
      from: { path: workspace, pathNot: [tests, '^packages/test-kit/', '^apps/system-tests/'] },
      to: { path: '^packages/test-kit/' },
    },
    {
      name: 'packages-know-no-app',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(apps|docs|examples|benchmarks)/' },
    },
    {
      name: 'sources-never-import-tests',
      severity: 'error',
      from: { pathNot: tests },
      to: { path: tests },
    },
    ...packageRules,
  ],
  options: {
    tsPreCompilationDeps: true, // sees imports of types, too
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(packages|apps|docs)/[^/]+/dist/|^docs/\\.vitepress/(dist|cache)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@particle-grants/source', 'import', 'types', 'node', 'default'],
      extensions: ['.ts', '.mts', '.js', '.mjs', '.d.ts', '.json'],
    },
  },
}
