import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Scene } from '../story/scene.ts'
import type { Step } from '../story/step.ts'
import { type Home, inTemporaryFolder } from '../story/temporary-folder.ts'
import { developerName, passwordOf } from './accounts.ts'

const bin = fileURLToPath(new URL('bin/pgrants.cjs', import.meta.resolve('pgrants/package.json')))

/** What a command came to. */
interface Ran {
  readonly code: number | null
  readonly output: string
}

/** The same sign-in from a terminal, as a script does it: nothing secret among the arguments. */
export const signInByTheCli: Step = {
  title: 'The same sign-in by pgrants, the command line',
  async run(scene) {
    await inTemporaryFolder((home) => signIn(scene, home))
  },
}

async function signIn(scene: Scene, home: Home): Promise<void> {
  const { sandbox, url, narrator, fetch, expect } = scene
  const run = commandsIn(home, scene)
  narrator.say(
    'At a terminal, `pgrants auth login` asks for what it needs. In a script it takes it from stdin:',
  )
  const first = await run(
    ['auth login', `--base-url ${url}`, `--username ${developerName}`, '--store file', '--password-stdin'],
    passwordOf(sandbox, developerName),
  )
  expect('it ends with exit code 4: a code is needed', first.code === 4)

  narrator.say('The challenge is kept. The code may come from another call, a moment later:')
  sandbox.clock.advance('30s')
  const second = await run(['auth login', '--otp-stdin'], sandbox.otp(developerName))
  expect('it is signed in: exit code 0', second.code === 0)

  const called = await run(['api', 'GET', '/v1/devices'], '', 'hidden')
  expect('and calls the API: two devices, as JSON', JSON.parse(called.output).length === 2)

  narrator.say('For other programs it prints the bare token, which is left out here, and asks nobody for it:')
  const before = scene.requests
  const { code, output } = await run(['auth token'], '', 'hidden')
  expect('no request went out', scene.requests === before)

  narrator.say('A call with that token:')
  const authorization = `Bearer ${output.trim()}`
  const answer = await fetch(`${url}/v1/devices/garden`, { headers: { authorization } })
  expect('`pgrants auth token` prints a token that works', code === 0 && answer.ok)

  narrator.say('And it signs out:')
  await run(['auth logout'])
}

/** Runs pgrants with a home of its own, so that nothing of whoever looks on is touched, and shows what it sends. */
function commandsIn(home: Home, { narrator, watch }: Scene) {
  return async (words: readonly string[], input = '', shown: 'shown' | 'hidden' = 'shown'): Promise<Ran> => {
    narrator.command(['pgrants', ...words])
    const args = words.flatMap((word) => word.split(' '))
    const ran = await watch(() => pgrants(args, { home, input }))
    if (shown === 'shown') narrator.output(ran.output)
    return ran
  }
}

function pgrants(args: readonly string[], { home, input }: { home: Home; input: string }): Promise<Ran> {
  const { PATH = '' } = process.env
  const { folder, signal } = home
  const env = { PATH, HOME: folder, XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder, NO_COLOR: '1' }
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...args], {
      env,
      stdio: 'pipe',
      signal,
      killSignal: 'SIGKILL',
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
    child.stdin.on('error', () => {})
    child.stdin.end(`${input}\n`)
  })
}
