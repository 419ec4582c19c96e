import type { Step } from '../story/step.ts'
import { member } from '../wire/exchange.ts'

/** Where everything below happens. */
export const startTheSandbox: Step = {
  title: 'A Particle cloud on this machine',
  async run({ url, sandbox, narrator, fetch, exchanges, expect }) {
    narrator.say(
      `The sandbox listens on ${url}. It answers as Particle's token endpoint does, over real HTTP, with ${sandbox.accounts.length} accounts that are made up. Nothing of this story leaves your machine.`,
    )
    narrator.say('Its API wants a token, as the real one does:')
    const answer = await fetch(`${url}/v1/devices`)
    const [refused] = exchanges.slice(-1)

    expect('the sandbox has an address of this machine, 127.0.0.1', new URL(url).hostname === '127.0.0.1')
    expect(
      'without a token the API answers 400 invalid_request',
      answer.status === 400 && refused !== undefined && member(refused, 'error') === 'invalid_request',
    )
  },
}
