import { customer } from '@particle-grants/core'
import type { Scene } from '../story/scene.ts'
import type { Step } from '../story/step.ts'
import { field, member } from '../wire/exchange.ts'
import { customerName, passwordOf, product } from './accounts.ts'

/** Tokens for a product's customer, by both ways there are. */
export const serveCustomers: Step = {
  title: "A product's customer, by scope and by password",
  async run(scene) {
    await byScope(scene)
    await byPassword(scene)
  },
}

async function byScope({ narrator, sandbox, productSession, expect, exchanges }: Scene): Promise<void> {
  narrator.say("A back end requests a customer's token with the product's own id and secret:")
  const jane = productSession({ client: product(sandbox), subject: customer(customerName) })
  await jane.getAccessToken()
  const last = exchanges.at(-1)
  const scope = `customer=${customerName}`
  expect(`it requested the scope ${scope}`, last !== undefined && field(last, 'scope') === scope)
  expect('and the response has the same scope', last !== undefined && member(last, 'scope') === scope)
}

async function byPassword(scene: Scene): Promise<void> {
  const { url, narrator, sandbox, productSession, expect, exchanges, fetch, left } = scene
  narrator.say(
    'Or the customer signs in with a password. Such a token has a refresh token that works; 90 days later core uses it:',
  )
  const jane = productSession({ client: product(sandbox), subject: customer(customerName) })
  await jane.login({ username: customerName, password: passwordOf(sandbox, customerName) })
  const first = await jane.getAccessToken()
  sandbox.clock.advance('90d')
  const second = await jane.getAccessToken()
  const last = exchanges.at(-1)
  expect(
    'it was renewed by refresh_token',
    second !== first && last !== undefined && field(last, 'grant_type') === 'refresh_token',
  )

  const authorization = `Bearer ${second}`
  const answer = await fetch(`${url}/v1/devices/garden`, { headers: { authorization } })
  expect('the new token works at the API', answer.status === 200)
  left.customer = jane
}
