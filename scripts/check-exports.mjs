// publint and "are the types wrong?" over every package that is published. ESM only, by decision: Node 20.19
// and newer `require()` it as well, so the CommonJS columns of attw are left out by its profile.
import { availableParallelism } from 'node:os'
import { captureAsync, finish, publicPackages } from './workspace.mjs'

const tools = [
  ['publint', ['--strict']],
  ['attw', ['--pack', '.', '--profile', 'esm-only', '--no-emoji', '--no-color']],
]

const problems = []
const jobs = publicPackages.flatMap((one) => tools.map((tool) => ({ ...one, tool })))
async function work() {
  for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
    const { directory, manifest } = job
    const [tool, args] = job.tool
    const { ok, output } = await captureAsync(tool, args, { cwd: directory })
    if (!ok) problems.push(`${tool} on ${manifest.name}:\n${output}`)
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, work))
finish(
  problems,
  `publint and attw are content with ${publicPackages.map(({ manifest }) => manifest.name).join(', ')}.`,
)
