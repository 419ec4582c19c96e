/** What a secret of the exchange is, by the name of its field on the wire. */
const kinds: Readonly<Record<string, string>> = {
  access_token: 'access token',
  refresh_token: 'refresh token',
  mfa_token: 'mfa_token',
}

/** Fields and members whose values may be read by anybody. Everything else is hidden until it is listed here. */
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
 * Gives secrets names to stand in for them: the same secret has the same name wherever it turns up, so that one sees
 * which token goes where without reading any.
 */
export class Names {
  readonly #names = new Map<string, string>()
  readonly #counts = new Map<string, number>()

  /** What stands on the screen for a field's value. */
  shown(field: string, value: string): string {
    if (harmless.has(field)) return this.#withoutSecrets(value)
    const kind = kinds[field]
    return kind === undefined ? `‹${field}›` : this.of(value, kind)
  }

  /** The name of a secret; a new one if it was not seen before. */
  of(secret: string, kind: string): string {
    const known = this.#names.get(secret)
    if (known !== undefined) return known
    const count = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, count)
    const name = `‹${kind} ${count}›`
    this.#names.set(secret, name)
    return name
  }

  /** The secret of this kind that came last. */
  latest(kind: string): string | undefined {
    const name = `‹${kind} ${this.#counts.get(kind)}›`
    return [...this.#names].find(([, known]) => known === name)?.[0]
  }

  /** People type secrets into the wrong fields, and servers repeat what they were sent. */
  #withoutSecrets(text: string): string {
    let shown = text
    for (const [secret, name] of this.#names) shown = shown.replaceAll(secret, name)
    return shown
  }
}
