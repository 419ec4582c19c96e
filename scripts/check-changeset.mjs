// A published package whose source changed since its last release needs a changeset that names it.
// `changeset status` compares with the main branch, and so says nothing on a clone of main itself; here the
// last release is the last commit that wrote the package's CHANGELOG.md (`changeset version` writes it), and
// a package without one was never released: all of its source is new.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { capture, finish, must, publicPackages, root } from './workspace.mjs'

if (capture('git', ['rev-parse', '--is-shallow-repository']).stdout.trim() === 'true') {
  console.error(
    'This clone is shallow, so the last release is unknown: fetch the history (git fetch --unshallow).',
  )
  process.exit(1)
}

const announced = new Set()
for (const file of readdirSync(join(root, '.changeset'))) {
  if (!file.endsWith('.md') || file === 'README.md') continue
  const [, header = ''] =
    /^---\r?\n([\s\S]*?)\r?\n---/.exec(readFileSync(join(root, '.changeset', file), 'utf8')) ?? []
  for (const [, name] of header.matchAll(/^["']?([^"':]+)["']?:\s*(?:major|minor|patch)\s*$/gm))
    announced.add(name)
}

const known = new Set(publicPackages.map(({ manifest }) => manifest.name))
const problems = [...announced]
  .filter((name) => !known.has(name))
  .map((name) => `A changeset names ${name}, which is no published package here.`)

for (const { folder, manifest } of publicPackages) {
  const changelog = `${folder}/CHANGELOG.md`
  const releasing = must('git', ['status', '--porcelain', '--', changelog]) !== ''
  if (releasing || announced.has(manifest.name)) continue

  const lastRelease = must('git', ['log', '-1', '--format=%H', '--', changelog]).trim()
  const source = ['--', `${folder}/src`, `:!${folder}/src/**/*.test.ts`, `:!${folder}/src/**/*.test-d.ts`]
  const changed = lastRelease
    ? must('git', ['diff', '--name-only', lastRelease, ...source])
    : must('git', ['ls-files', ...source])
  const added = must('git', ['ls-files', '--others', '--exclude-standard', ...source])
  if (changed + added !== '') {
    const since = lastRelease ? `since its release in ${lastRelease.slice(0, 7)}` : 'and was never released'
    problems.push(`${manifest.name} changed ${since}: describe it for its users with "npx changeset".`)
  }
}

finish(problems, 'Every changed package is announced.')
