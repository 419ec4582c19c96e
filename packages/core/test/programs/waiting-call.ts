import { createSession, developerClient, productClient } from '../../src/index.ts'

// Its responses arrive by timers that do not keep the process alive, as a socket may not.
const body = { token_type: 'bearer', access_token: 'f'.repeat(40), expires_in: 60 }
const fetch = () =>
  new Promise<Response>((resolve) => {
    setTimeout(() => resolve(Response.json(body)), 50).unref()
  })
const print = (line: unknown) => process.stdout.write(`${line}\n`)

const scenarios = {
  /** Waits for a token. */
  async token() {
    const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
    print(await createSession({ client, fetch }).getAccessToken())
  },
  /** Waits for a sign-in. */
  async login() {
    const session = createSession({ client: developerClient(), fetch })
    print((await session.login({ username: 'dev@example.com', password: 'correct horse' })).status)
  },
}
await scenarios[process.argv[2] as keyof typeof scenarios]()
