// Makes the screenshots of the README anew: the real CLI, in a real terminal, on a sandbox. `npm run screenshots`.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const manifest = createRequire(import.meta.url).resolve('vitest/package.json')
const { status } = spawnSync(
  process.execPath,
  [join(dirname(manifest), 'vitest.mjs'), 'run', '--project=pgrants', 'screenshots'],
  { cwd: root, stdio: 'inherit', env: { ...process.env, PARTICLE_GRANTS_WRITE_SCREENSHOTS: '1' } },
)
process.exitCode = status ?? 1
