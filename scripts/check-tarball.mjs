// What the others will install, tried as they would: packs every published package, installs the tarballs together
// with plain npm in an empty folder, looks at the files, imports every export, type-checks a consumer under two
// resolutions, and runs every bin.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { capture, finish, must, publicPackages, root } from './workspace.mjs'

const problems = []
const folder = mkdtempSync(join(tmpdir(), 'particle-grants-tarball-'))
try {
  const tarballs = publicPackages.map(pack)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  must('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', ...tarballs], {
    cwd: folder,
  })

  for (const { directory, manifest } of publicPackages) {
    const check = manifest.files.includes('src') ? checkFiles : checkBundle
    check(directory, manifest)
    checkManifest(manifest)
  }
  checkImports()
  checkTypes()
  for (const { manifest } of publicPackages) checkBins(manifest)
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
finish(
  problems,
  `${publicPackages.map(({ manifest }) => manifest.name).join(', ')}: packed, installed, imported, type-checked.`,
)

function pack({ directory }) {
  return JSON.parse(must('pnpm', ['pack', '--json', '--pack-destination', folder], { cwd: directory }))
    .filename
}

function installed({ name }) {
  return join(folder, 'node_modules', ...name.split('/'))
}

function filesUnder(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((file) => !file.startsWith('node_modules/'))
}

/** The exact list: what was published is what the sources say, no test and no leftover of an older build. */
function checkFiles(directory, manifest) {
  const sources = filesUnder(join(directory, 'src')).filter((file) => !/\.test(-d)?\.ts$/.test(file))
  const expected = new Set(['package.json', 'README.md', 'LICENSE', ...sources.map((file) => `src/${file}`)])
  if (existsSync(join(directory, 'CHANGELOG.md'))) expected.add('CHANGELOG.md')
  if (existsSync(join(directory, 'bin')))
    for (const file of filesUnder(join(directory, 'bin'))) expected.add(`bin/${file}`)
  for (const file of sources) {
    if (!/(?<!\.d)\.ts$/.test(file)) continue
    for (const extension of ['js', 'js.map', 'd.ts', 'd.ts.map'])
      expected.add(`dist/${file.replace(/ts$/, extension)}`)
  }
  const actual = new Set(filesUnder(installed(manifest)))
  for (const file of expected) if (!actual.has(file)) problems.push(`${manifest.name}: ${file} is missing.`)
  for (const file of actual)
    if (!expected.has(file)) problems.push(`${manifest.name}: ${file} does not belong there.`)
}

/** A bundle is what its build has just made. */
function checkBundle(directory, manifest) {
  const built = ['bin', 'dist'].flatMap((part) =>
    filesUnder(join(directory, part)).map((file) => `${part}/${file}`),
  )
  const single = manifest.files.filter((name) => name.endsWith('.json'))
  const expected = new Set(['package.json', 'README.md', 'LICENSE', ...single, ...built])
  const actual = new Set(filesUnder(installed(manifest)).filter((file) => file !== 'CHANGELOG.md'))
  for (const file of expected) if (!actual.has(file)) problems.push(`${manifest.name}: ${file} is missing.`)
  for (const file of actual)
    if (!expected.has(file)) problems.push(`${manifest.name}: ${file} does not belong there.`)
}

/** Protocols of the workspace mean nothing outside it. */
function checkManifest(manifest) {
  const { dependencies = {}, peerDependencies = {} } = JSON.parse(
    readFileSync(join(installed(manifest), 'package.json'), 'utf8'),
  )
  for (const [name, range] of Object.entries({ ...dependencies, ...peerDependencies })) {
    if (/^(workspace|catalog|link|file):/.test(range))
      problems.push(`${manifest.name}: depends on ${name}@${range}.`)
  }
}

function specifiers() {
  return publicPackages.flatMap(({ manifest }) =>
    Object.keys(manifest.exports)
      .filter((path) => path !== './package.json')
      .map((path) => manifest.name + path.slice(1)),
  )
}

/** In Node, by `import` and, since Node 20.19 can, by `require`. */
function checkImports() {
  for (const specifier of specifiers()) {
    for (const code of [`await import('${specifier}')`, `require('${specifier}')`]) {
      const type = code.startsWith('await') ? 'module' : 'commonjs'
      const file = join(folder, type === 'module' ? 'load.mjs' : 'load.cjs')
      writeFileSync(file, `${code}\n`)
      const { ok, output } = capture('node', [file], { cwd: folder })
      if (!ok || output !== '') problems.push(`${code} in a ${type}:\n${output}`)
    }
  }
}

/** The declarations, all of them (no skipLibCheck), as a consumer's compiler sees them. */
function checkTypes() {
  writeFileSync(
    join(folder, 'consumer.ts'),
    specifiers()
      .map(
        (specifier, index) =>
          `import * as m${index} from '${specifier}'\nexport const n${index}: object = m${index}\n`,
      )
      .join(''),
  )
  const resolutions = [
    { module: 'nodenext', moduleResolution: 'nodenext' },
    { module: 'esnext', moduleResolution: 'bundler' },
  ]
  for (const resolution of resolutions) {
    const compilerOptions = {
      ...resolution,
      target: 'es2022',
      strict: true,
      noEmit: true,
      types: ['node'],
      typeRoots: [join(root, 'packages/sandbox/node_modules/@types')],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }))
    const { ok, output } = capture('tsc', ['-p', folder])
    if (!ok)
      problems.push(`The declarations, with moduleResolution ${resolution.moduleResolution}:\n${output}`)
  }
}

function checkBins(manifest) {
  for (const bin of Object.keys(manifest.bin ?? {})) {
    const { ok, stdout, output } = capture('npx', ['--no-install', bin, '--version'], { cwd: folder })
    if (!ok || !stdout.includes(manifest.version))
      problems.push(`${bin} --version should print ${manifest.version}:\n${output}`)
  }
}
