// Peers that are installed for a comparison, into a folder that is gone afterwards.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Installs packages, such as `aws-sdk@2.0.0`. Returns their `node_modules`; `undefined` and a line where that fails. */
export function installPeers(...packages) {
  const folder = mkdtempSync(join(tmpdir(), 'particle-grants-peers-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }))
  console.error(`Installing ${packages.join(', ')} to compare with …`)
  // Install scripts build native code, such as that for USB devices, which is not what is measured.
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync('npm', ['install', ...flags, ...packages], { cwd: folder, stdio: 'ignore' })
  const modules = join(folder, 'node_modules')
  if (status === 0 && existsSync(modules)) return modules
  console.error(`[left out] ${packages.join(', ')} could not be installed`)
  return undefined
}
