// The token of this machine, found and printed. Nothing is sent: the token is fresh.
import { defaultSession } from '@particle-grants/node'

const session = await defaultSession()
process.stdout.write(`${await session.getAccessToken()}\n`)
