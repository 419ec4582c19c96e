import { checkMembers, oneOf, type Rule, type Rules, string } from '../rules.ts'
import type { SandboxState } from '../state/state.ts'
import type { DeviceCode, TokenChanges } from './device-codes.ts'

/** Who signs in, and changes to the token. */
export interface Approval extends TokenChanges {
  /** An account that signs in through SSO. @default the first one */
  username?: string
}

/** The person at the identity provider. */
export interface SsoControl {
  /** Signs in with the code that the program shows. Throws a TypeError on an unknown code, and on a wrong approval. */
  approve(userCode: string, approval?: Approval): void
  /** Refuses the sign-in. Throws a TypeError on an unknown code. */
  deny(userCode: string): void
  /** Replaces the key that signs tokens. The previous one stays published until the next rotation. */
  rotateKeys(): void
}

const object: Rule = [
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'an object of names and values',
]
const approvalRules: Rules<Approval> = {
  username: string,
  claims: object,
  header: object,
  key: oneOf('current', 'forged', 'unpublished'),
}

/** Creates what a test does in place of a person. `getState` returns the current state, because a reset creates a new one. */
export function createSsoControl(getState: () => SandboxState): SsoControl {
  return {
    approve(userCode, approval = {}) {
      checkMembers('An approval', { ...approval }, approvalRules)
      const { username, ...changes } = approval
      const code = getOpenCode(getState(), userCode)
      const account = listSsoAccounts(getState()).find((one) => username === undefined || one.username === username)
      if (account === undefined) throw new TypeError(`No account called ${username ?? '…'} signs in through SSO`)
      code.decision = { account, changes }
    },
    deny(userCode) {
      getOpenCode(getState(), userCode).decision = 'denied'
    },
    rotateKeys() {
      getState().signingKeys.rotate()
    },
  }
}

/** The accounts that can sign in at the identity provider. */
export function listSsoAccounts({ accounts }: Pick<SandboxState, 'accounts'>) {
  return accounts.list().filter(({ sso, customerOf }) => sso && customerOf === undefined)
}

function getOpenCode({ deviceCodes }: SandboxState, userCode: string): DeviceCode {
  const code = deviceCodes.findByUserCode(userCode)
  if (code?.decision !== 'pending') throw new TypeError(`No sign-in waits for the code ${userCode}`)
  return code
}
