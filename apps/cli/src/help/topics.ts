/** A name, and what it means. */
export type Row = readonly [name: string, text: string]

/** The environment variables that the program reads. */
export const environment: readonly Row[] = [
  ['PARTICLE_ACCESS_TOKEN', 'Access token. Takes precedence over stored profiles; never stored and never refreshed.'],
  ['PARTICLE_AUTH', 'The same, used if PARTICLE_ACCESS_TOKEN is not set.'],
  ['PARTICLE_GRANTS_PROFILE', 'Profile to use, as --profile.'],
  ['PARTICLE_GRANTS_BASE_URL', 'URL of the API, as --base-url (default: https://api.particle.io).'],
  ['PARTICLE_GRANTS_STORE', 'Where new sign-ins are stored: keyring or file.'],
  ['PARTICLE_GRANTS_USERNAME', 'Username for auth login.'],
  ['PARTICLE_GRANTS_PASSWORD', 'Password for auth login.'],
  ['PARTICLE_GRANTS_CLIENT_ID', 'OAuth client ID for auth login.'],
  ['PARTICLE_GRANTS_CLIENT_SECRET', 'OAuth client secret for auth login.'],
  ['PARTICLE_GRANTS_STDIN_TIMEOUT', 'Seconds to wait for standard input (default: 30).'],
  ['HTTPS_PROXY, HTTP_PROXY', 'URL of a proxy.'],
  ['NO_PROXY', 'Hosts to connect to without the proxy.'],
  ['NO_COLOR', 'Print without colors.'],
  ['XDG_STATE_HOME', 'Folder for profiles and stored sign-ins (LOCALAPPDATA on Windows).'],
]

/** The variables that every command reads that has a session. */
export const tokenEnvironment = environment.slice(0, 2)

/** The exit codes of all commands. */
export const exitCodes: readonly Row[] = [
  ['0', 'Success'],
  ['1', 'Failure'],
  ['2', 'Invalid arguments, or missing input'],
  ['3', 'Not signed in'],
  ['4', 'MFA code required'],
  ['5', 'Locked out, rate limited, or backing off'],
  ['6', 'Network error, or a response that is not from Particle'],
  ['130', 'Interrupted with Ctrl-C'],
]
