import type { Connections } from '../connection/connection.ts'
import type { SignIn } from '../connection/profile.ts'
import { nameOf } from '../connection/wording.ts'
import { askChoice } from '../terminal/prompts.ts'
import { forgetTotpKey } from '../totp/index.ts'
import { forgetting, type Telling } from './answer-challenge.ts'

/** Asks whether a key that no longer fits shall go, so that the next sign-in does not spend a try on it. */
export async function offerToForgetKey(
  signIn: SignIn,
  connections: Connections,
  telling: Telling,
): Promise<void> {
  const username = nameOf(signIn)
  if (username === null) return
  const forget = await askChoice({
    message: `The key in the keyring no longer fits ${username}. Forget it?`,
    instead: forgetting(signIn, telling.bin),
    choices: [
      { value: true, name: 'Yes', description: 'The next sign-in asks for the code.' },
      { value: false, name: 'No', description: `Later by ${forgetting(signIn, telling.bin)}` },
    ],
    // The sign-in is finished: whoever stops here keeps it.
  }).catch(() => false)
  if (!forget) return
  await forgetTotpKey(await connections.stores.get('keyring'), { baseUrl: signIn.baseUrl, username })
  telling.note('The key is forgotten.')
}
