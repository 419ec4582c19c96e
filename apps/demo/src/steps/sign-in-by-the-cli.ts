import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Scene } from '../story/scene.ts'
import type { Step } from '../story/step.ts'
import { developerName, passwordOf } from './cast.ts'

const bin = fileURLToPath(new URL('bin/pgrants.js', import.meta.resolve('pgrants/package.json')))

/** What a command came to. */
interface Ran {
  readonly code: number | null
  readonly output: string
}

/** The same sign-in from a terminal, as a script does it: nothing secret among the arguments. */
export const signInByTheCli: Step = {
  title: 'The same sign-in by pgrants, the command line',
  async run(scene) {
    const folder = await mkdtemp(join(tmpdir(), 'particle-grants-demo-'))
    try {
      await signIn(scene, folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

async function signIn(scene: Scene, folder: string): Promise<void> {
  const { sandbox, url, narrator, expect } = scene
  const run = commandsIn(folder, narrator)
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
  const { code, output } = await run(['auth token'], '', 'hidden')
  const answer = await fetch(`${url}/v1/devices`, { headers: { authorization: `Bearer ${output.trim()}` } })
  expect('`pgrants auth token` prints the bare token, for other programs', code === 0 && answer.ok)
  await run(['auth logout'])
}

/** Runs pgrants with a home of its own, so that nothing of whoever looks on is touched. */
function commandsIn(folder: string, narrator: Scene['narrator']) {
  return async (words: readonly string[], input = '', shown: 'shown' | 'hidden' = 'shown'): Promise<Ran> => {
    narrator.command(['pgrants', ...words])
    const ran = await pgrants(
      words.flatMap((word) => word.split(' ')),
      { folder, input },
    )
    if (shown === 'shown') narrator.output(ran.output)
    return ran
  }
}

function pgrants(
  args: readonly string[],
  { folder, input }: { folder: string; input: string },
): Promise<Ran> {
  const { PATH = '' } = process.env
  const env = { PATH, HOME: folder, XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder, NO_COLOR: '1' }
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...args], { env, stdio: 'pipe' })
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
