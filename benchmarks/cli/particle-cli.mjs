// particle-cli, installed for the comparison into a folder that is gone afterwards.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The newest that was tried on Node 20. */
const version = '3.43.1'

/** The path of its bin; nothing where it can't be installed, and a line that says so. */
export function installParticleCli() {
  const folder = mkdtempSync(join(tmpdir(), 'particle-grants-particle-cli-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }))
  console.error(`Installing particle-cli ${version} to compare with …`)
  // Its install scripts build for USB devices, which is not what is measured.
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  spawnSync('npm', ['install', ...flags, `particle-cli@${version}`], { cwd: folder, stdio: 'ignore' })
  const bin = join(folder, 'node_modules/particle-cli/src/index.js')
  if (existsSync(bin)) return bin
  console.error('[left out] particle --version: particle-cli could not be installed')
  return undefined
}
