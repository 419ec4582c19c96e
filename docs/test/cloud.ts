import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Sandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { type Run, runCommand } from '@particle-grants/test-kit/samples'
import { playModule } from './play-module.ts'

/** The folder of the site. */
export const docs = fileURLToPath(new URL('..', import.meta.url))

const cli = join(docs, '..', 'apps', 'cli', 'bin', 'pgrants.cjs')

/** A sandbox that stands in for Particle's cloud, and what is run against it. */
export interface Cloud {
  /** The environment in which shells run. */
  readonly environment: Readonly<Record<string, string>>
  /** Runs a module of JavaScript as it stands in the docs. */
  runModule(text: string, environment?: Readonly<Record<string, string>>): Promise<Run>
  /** Runs lines of a shell up to the first that fails, with `pgrants` on the path, and with the secrets that they name. */
  runShell(text: string, secrets?: Readonly<Record<string, string>>): Promise<Run>
  /** Lets particle-cli have been signed in with a token. */
  signParticleCliIn(accessToken: string): void
  close(): Promise<void>
}

/** Lets a sandbox stand in for Particle's cloud. */
export async function openCloud(sandbox: Sandbox): Promise<Cloud> {
  const server = await listen(sandbox)
  const home = mkdtempSync(join(tmpdir(), 'particle-grants-docs-'))
  const shim = join(home, 'pgrants')
  writeFileSync(shim, `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`)
  chmodSync(shim, 0o755)
  const env = {
    STAND_IN_URL: server.url,
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    PATH: `${home}:${process.env.PATH}`,
    PARTICLE_GRANTS_BASE_URL: server.url,
    PARTICLE_GRANTS_STORE: 'file',
  }
  /** Curl is told where to go; everything else is led there. */
  const atHome = (text: string) =>
    text.replaceAll(/https:\/\/api\.particle\.io|http:\/\/127\.0\.0\.1:8765/g, server.url)
  return {
    environment: env,
    runModule: (text, environment = {}) => playModule(text, { ...env, ...environment }),
    runShell: (text, secrets = {}) =>
      runCommand('bash', ['-eo', 'pipefail', '-c', atHome(text)], {
        cwd: docs,
        env: { ...env, ...secrets },
      }),
    signParticleCliIn(accessToken) {
      const settings = {
        apiUrl: server.url,
        access_token: accessToken,
        access_token_expires_at: new Date(Date.now() + 86_400_000).toISOString(),
        username: 'dev@example.com',
      }
      mkdirSync(join(home, '.particle'), { mode: 0o700 })
      writeFileSync(join(home, '.particle', 'particle.config.json'), JSON.stringify(settings), {
        mode: 0o600,
      })
    },
    async close() {
      await server.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
