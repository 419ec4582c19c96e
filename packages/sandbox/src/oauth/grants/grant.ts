import type { Call } from '../../call.ts'
import type { Account } from '../../model/accounts.ts'
import type { ClientOptions } from '../../model/options.ts'
import type { World } from '../../model/world.ts'

/** What a grant looks at. */
export interface GrantRequest {
  readonly world: World
  readonly client: ClientOptions
  readonly form: Call['form']
}

/** Whom a grant lets in. What it leaves undefined is taken from the request, or is not there. */
export interface Granted {
  readonly account: Account
  readonly scope: string | undefined
  readonly expiresIn: string | undefined
  readonly expiresAt: string | undefined
  /** For which client the tokens are. @default the one that asks */
  readonly client?: ClientOptions | undefined
}

/** One grant type: judges a request or throws an `OAuthError`. */
export type Grant = (request: GrantRequest) => Granted

/** The lifetime fields of a form. */
export function askedLifetime(form: Call['form']): Pick<Granted, 'expiresIn' | 'expiresAt'> {
  return { expiresIn: form.get('expires_in'), expiresAt: form.get('expires_at') }
}
