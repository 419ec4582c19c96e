import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Sandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { type Run, runCommand } from '@particle-grants/test-kit/samples'
import { Stage } from '../generator/exchange/exchange.ts'
import { serveCommands } from './command-server.ts'
import { runModule } from './run-module.ts'

/** The folder of the site. */
export const docs = fileURLToPath(new URL('..', import.meta.url))

type Variables = Readonly<Record<string, string>>

/** A sandbox in place of Particle's cloud. Samples run against it one after the other. */
export interface Cloud {
  /** Where the current sample runs. */
  readonly stage: Stage
  /** The environment of shells: a separate home folder, and `pgrants` on the path. */
  readonly environment: Variables
  readonly home: string
  /** Resets the sandbox and empties the home folder. Call it before each sample. */
  reset(): void
  /** Runs a module of JavaScript or TypeScript in this process. */
  runModule(text: string, variables?: Variables): Promise<Run>
  /** Runs lines of a shell up to the first that fails. */
  runShell(text: string, variables?: Variables): Promise<Run>
  /** Writes the settings of a particle-cli that is signed in. */
  signParticleCliIn(accessToken: string): void
  close(): Promise<void>
}

/** Serves a sandbox in place of Particle's cloud. */
export async function openCloud(sandbox: Sandbox = new Stage().sandbox): Promise<Cloud> {
  const server = await listen(sandbox)
  const folder = mkdtempSync(join(tmpdir(), 'particle-grants-docs-'))
  const home = join(folder, 'home')
  const commands = await serveCommands(folder)
  const environment = {
    // As on a developer's machine, also where these tests run in CI.
    CI: '',
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    PATH: `${folder}:${process.env.PATH}`,
    PARTICLE_GRANTS_BASE_URL: server.url,
    PARTICLE_GRANTS_STORE: 'file',
  }
  /** Shells use the text's own URLs with curl. */
  const withServer = (text: string) =>
    text.replaceAll(/https:\/\/api\.particle\.io|http:\/\/127\.0\.0\.1:8765/g, server.url)
  const reset = () => {
    sandbox.reset()
    rmSync(home, { recursive: true, force: true })
    mkdirSync(home)
    return new Stage(sandbox)
  }
  let stage = reset()
  return {
    get stage() {
      return stage
    },
    environment,
    home,
    reset() {
      stage = reset()
    },
    runModule: (text, variables = {}) =>
      runModule(text, { server: server.url, sandbox, environment: { ...environment, ...variables } }),
    runShell: (text, variables = {}) =>
      runCommand('bash', ['-eo', 'pipefail', '-c', withServer(text)], {
        cwd: docs,
        env: { ...environment, ...variables },
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
      await Promise.all([server.close(), commands.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
