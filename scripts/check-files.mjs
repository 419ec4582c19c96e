// The shape of the tree: sizes and names of source files, what an index may hold, what a package must have, and
// a reason beside every exception from coverage.
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { finish, must, publicPackages, root, workspacePackages } from './workspace.mjs'

const limits = { source: 300, test: 500, index: 80 }
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/
const coverageException = /(?:v8|istanbul|c8) ignore/
const exceptionWithReason = /v8 ignore (?:next|start|stop|if|else|file)(?: \d+)? -- \S+|v8 ignore stop/
const problems = []

// Tracked files and new ones, so that a check before a commit sees what the commit will hold.
const files = must('git', ['ls-files', '--cached', '--others', '--exclude-standard'])
  .split('\n')
  .filter((file) => /\.(?:[cm]?ts|[cm]?js|vue)$/.test(file) && existsSync(join(root, file)))

for (const file of files) {
  const text = readFileSync(join(root, file), 'utf8')
  const lines = text.split('\n')
  const length = lines.at(-1) === '' ? lines.length - 1 : lines.length
  const name = basename(file)

  if (!kebabCase.test(name.replace(/^\./, ''))) problems.push(`${file}: the name is not in kebab-case.`)

  const isTest = /\.test(?:-d)?\.ts$/.test(name)
  const limit = isTest ? limits.test : limits.source
  if (length > limit)
    problems.push(`${file}: ${length} lines; the limit is ${limit}. Split it by what it does.`)

  if (/^(?:packages)\/[^/]+\/src\/(?:.*\/)?index\.ts$/.test(file)) {
    if (length > limits.index)
      problems.push(`${file}: ${length} lines; an index has ${limits.index} at most.`)
    if (!onlyReExports(text))
      problems.push(`${file}: an index holds re-exports only; move the code to a file of its own.`)
  }

  if (file.startsWith('scripts/')) continue
  for (const [index, line] of lines.entries()) {
    if (coverageException.test(line) && !exceptionWithReason.test(line)) {
      problems.push(`${file}:${index + 1}: write why: /* v8 ignore next -- the reason */`)
    }
  }
}

/** True when nothing is left of the file without its comments and its `export … from` statements. */
function onlyReExports(text) {
  return (
    text
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/(^|\s)\/\/.*$/gm, '')
      .replace(/export\s+(?:type\s+)?(?:\{[^}]*\}|\*\s+as\s+\w+)\s+from\s+(['"])[^'"]+\1;?/g, '')
      .replace(/export\s*\{\s*\};?/g, '')
      .trim() === ''
  )
}

for (const { folder } of workspacePackages) {
  if (!existsSync(join(root, folder, 'README.md'))) problems.push(`${folder}: has no README.md.`)
}

const { license, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
for (const { folder, manifest } of publicPackages) {
  const expected = {
    license,
    engines,
    type: 'module',
    sideEffects: false,
    'repository.directory': folder,
  }
  for (const [key, value] of Object.entries(expected)) {
    const actual = key.split('.').reduce((object, part) => object?.[part], manifest)
    if (JSON.stringify(actual) !== JSON.stringify(value)) {
      problems.push(`${folder}/package.json: "${key}" should be ${JSON.stringify(value)}.`)
    }
  }
  for (const key of ['description', 'files', 'exports']) {
    if (!manifest[key]) problems.push(`${folder}/package.json: "${key}" is missing.`)
  }
  if (!manifest.exports?.['./package.json'])
    problems.push(`${folder}/package.json: export "./package.json" too.`)
}

finish(problems, `${files.length} files and ${workspacePackages.length} packages have the shape they should.`)
