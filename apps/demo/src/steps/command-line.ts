import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Demo } from '../demo.ts'

const program = fileURLToPath(new URL('bin/pgrants.cjs', import.meta.resolve('pgrants/package.json')))

/** Signs in and calls the API with pgrants, as a script would. */
export async function useCommandLine({ print, sandbox, url, check, watch }: Demo): Promise<void> {
  print.heading('The command line: pgrants')
  print.say('In a terminal it prompts for what it needs. A script passes secrets on stdin:')
  const pgrants = startInNewHome()
  async function run(command: string, input = '') {
    print.command(`pgrants ${command}`)
    const result = pgrants(command.replace('$API', url).split(' '), input)
    await watch(() => result)
    return result
  }

  const login = 'auth login --base-url $API --username mfa@example.com --password-stdin'
  const first = await run(login, 'battery staple')
  print.output(first.stderr)
  check('exit code 4: a code is expected', first.code === 4)

  sandbox.clock.advance('30s') // A code is accepted once.
  const second = await run('auth login --otp-stdin', sandbox.otp('mfa@example.com'))
  check('exit code 0: another process has completed the sign-in', second.code === 0)

  const authorization = `Bearer ${(await run('auth token')).stdout.trim()}`
  const response = await fetch(`${url}/v1/devices`, { headers: { authorization } })
  check('prints a valid token, which is not shown here', response.ok)

  const { stdout } = await run('api /v1/devices')
  check('prints the 2 devices as JSON', JSON.parse(stdout).length === 2)
}

/** Returns a function that runs pgrants. Your own sign-in is not touched, and nothing is left when this process ends. */
function startInNewHome() {
  const folder = mkdtempSync(join(tmpdir(), 'particle-grants-demo-'))
  const { PATH } = process.env
  const env = { PATH, HOME: folder, XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder, NO_COLOR: '1' }
  let child: ChildProcess | undefined
  process.once('exit', () => {
    child?.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]))
  }

  return async (args: readonly string[], input: string) => {
    const running = spawn(process.execPath, [program, ...args], { env })
    child = running
    running.stdin.end(`${input}\n`)
    const output = [text(running.stdout), text(running.stderr)] as const
    const [code] = await once(running, 'close')
    return { code, stdout: await output[0], stderr: await output[1] }
  }
}
