// publint and "are the types wrong?" over every package that is published. ESM only, by decision: Node 20.19
// and newer `require()` it as well, so the CommonJS columns of attw are left out by its profile.
import { capture, finish, publicPackages } from './workspace.mjs'

const tools = [
  ['publint', ['--strict']],
  ['attw', ['--pack', '.', '--profile', 'esm-only', '--no-emoji', '--no-color']],
]

const problems = []
for (const { directory, manifest } of publicPackages) {
  for (const [tool, args] of tools) {
    const { ok, output } = capture(tool, args, { cwd: directory })
    if (!ok) problems.push(`${tool} on ${manifest.name}:\n${output}`)
  }
}
finish(
  problems,
  `publint and attw are content with ${publicPackages.map(({ manifest }) => manifest.name).join(', ')}.`,
)
