/** The kinds of secrets in an exchange, by the names of their fields. */
const kinds: Readonly<Record<string, string>> = {
  access_token: 'access token',
  refresh_token: 'refresh token',
  mfa_token: 'mfa_token',
}

/** Fields whose values are shown. All others are hidden until they are listed here. */
const harmless = new Set([
  'grant_type',
  'client_id',
  'username',
  'scope',
  'expires_in',
  'token_type',
  'error',
  'error_description',
  'ok',
])

/**
 * Replaces secrets by names. The same secret always has the same name, so that readers see which token is used where.
 */
export class Names {
  readonly #names = new Map<string, string>()
  readonly #counts = new Map<string, number>()

  /** Returns what is shown for a field's value. */
  shown(field: string, value: string): string {
    if (harmless.has(field)) return this.#withoutSecrets(value)
    const kind = kinds[field]
    return kind === undefined ? `‹${field}›` : this.of(value, kind)
  }

  /** Returns the name of a secret, a new one if it was not seen before. */
  of(secret: string, kind: string): string {
    const known = this.#names.get(secret)
    if (known !== undefined) return known
    const count = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, count)
    const name = `‹${kind} ${count}›`
    this.#names.set(secret, name)
    return name
  }

  /** Returns the last secret of this kind. */
  latest(kind: string): string | undefined {
    const name = `‹${kind} ${this.#counts.get(kind)}›`
    return [...this.#names].find(([, known]) => known === name)?.[0]
  }

  /** Users type secrets into wrong fields, and servers repeat what they received. */
  #withoutSecrets(text: string): string {
    let shown = text
    for (const [secret, name] of this.#names) shown = shown.replaceAll(secret, name)
    return shown
  }
}
