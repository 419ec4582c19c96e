// Renders the help and the man pages by oclif's own help when the CLI is built, so that printing one loads no framework.
import { Config } from '@oclif/core/config'
import { CommandHelp, Help } from '@oclif/core/help'

const environment = [
  [
    'PARTICLE_ACCESS_TOKEN',
    'Access token. Takes precedence over stored profiles; never stored and never refreshed. Empty or only spaces: not set.',
  ],
  ['PARTICLE_AUTH', 'The same, used if PARTICLE_ACCESS_TOKEN is not set.'],
  ['PARTICLE_GRANTS_PROFILE', 'Profile to use, as --profile.'],
  ['PARTICLE_GRANTS_BASE_URL', 'URL of the API, as --base-url (default: https://api.particle.io).'],
  ['PARTICLE_GRANTS_STORE', 'Where new sign-ins are stored: keyring or file.'],
  ['PARTICLE_GRANTS_USERNAME', 'Username for auth login.'],
  ['PARTICLE_GRANTS_PASSWORD', 'Password for auth login.'],
  ['PARTICLE_GRANTS_CLIENT_ID', 'OAuth client ID for auth login.'],
  ['PARTICLE_GRANTS_CLIENT_SECRET', 'OAuth client secret for auth login.'],
  ['PARTICLE_GRANTS_SSO_CLIENT_ID', 'Client ID of auth login --sso at the identity provider.'],
  ['PARTICLE_GRANTS_SSO_AUDIENCE', 'Audience of its token (default: api://default).'],
  ['PARTICLE_GRANTS_SSO_ISSUER', 'URL of the identity provider (default: of Particle).'],
  ['PARTICLE_GRANTS_STDIN_TIMEOUT', 'Seconds to wait for standard input (default: 30).'],
  ['PARTICLE_GRANTS_DEBUG', '"api": print requests and responses on stderr, without secrets.'],
  ['HTTPS_PROXY, HTTP_PROXY', 'URL of a proxy.'],
  ['NO_PROXY', 'Hosts to connect to without the proxy.'],
  ['NODE_EXTRA_CA_CERTS', 'File with certificates to trust as well, such as the CA of a company.'],
  ['NO_COLOR', 'Print without colors.'],
  ['XDG_STATE_HOME', 'Folder for profiles and stored sign-ins (LOCALAPPDATA on Windows).'],
]

const exitCodes = [
  ['0', 'Success'],
  ['1', 'Failure'],
  ['2', 'Invalid arguments, or missing input'],
  ['3', 'Not signed in'],
  ['4', 'MFA code required'],
  ['5', 'Locked out, rate limited, or backing off'],
  ['6', 'Network error, or a response that is not from Particle'],
  ['130', 'Interrupted with Ctrl-C'],
]

const examples = `$ pgrants auth login
$ pgrants api /v1/devices
$ curl -H "$(pgrants auth token --format header)" \\
    https://api.particle.io/v1/devices

Without a Particle account, against a local sandbox:
$ pgrants sandbox
$ pgrants auth login --base-url http://127.0.0.1:8765`

/** A command's page. The flags that all commands share take one line, and are explained with the environment. */
class CommandPage extends CommandHelp {
  description() {
    return this.wrap(this.command.description ?? '')
  }

  defaultUsage() {
    return `${super.defaultUsage()} [FLAGS]`
  }

  groupFlags(flags) {
    return super.groupFlags(flags.filter(({ helpGroup }) => helpGroup !== 'GLOBAL'))
  }

  sections() {
    const labels = [...getGlobalFlags(this.command).map((flag) => this.flagHelpLabel(flag, true).trim()), '--help']
    const variables = 'PARTICLE_ACCESS_TOKEN, PARTICLE_AUTH and others. See: pgrants help environment'
    return [
      ...super.sections(),
      { header: 'GLOBAL FLAGS', generate: () => this.wrap(labels.join('  ')) },
      { header: 'ENVIRONMENT', generate: () => this.wrap(variables) },
    ]
  }
}

class Page extends Help {
  CommandHelpClass = CommandPage
  text = ''

  log(...texts) {
    this.text += `${texts.join(' ')}\n`
  }

  formatRoot() {
    const { description } = this.config.pjson.oclif
    const flags = { '-h, --help': 'Show help for any command.', '-v, --version': 'Show the version.' }
    const usage = this.section('USAGE', '$ pgrants COMMAND [FLAGS]')
    return [description, usage, this.section('FLAGS', Object.entries(flags))].join('\n\n')
  }

  async showRootHelp() {
    await super.showRootHelp()
    const topics = {
      'help environment': 'Environment variables, such as PARTICLE_ACCESS_TOKEN, and global flags',
      'help exit-codes': 'Exit codes',
    }
    this.log([this.section('HELP TOPICS', Object.entries(topics)), this.section('EXAMPLES', examples)].join('\n\n'))
  }

  showEnvironment() {
    const command = this.config.findCommand('auth:status')
    // oclif trims the first flag, so that is one with a letter.
    const [json, ...others] = getGlobalFlags(command)
    const flags = this.getCommandHelpClass(command).flags([
      ...others,
      { ...json, description: 'Format output as JSON.' },
    ])
    const sections = [this.section('GLOBAL FLAGS', flags), this.section('ENVIRONMENT', environment)]
    this.log(['Environment variables and global flags', ...sections].join('\n\n'))
  }

  showExitCodes() {
    this.log(['Exit codes', this.section('EXIT CODES', exitCodes)].join('\n\n'))
  }
}

function getGlobalFlags({ flags }) {
  return Object.entries(flags).flatMap(([name, flag]) =>
    flag.helpGroup === 'GLOBAL' ? [{ ...flag, name, helpLabel: '' }] : [],
  )
}

/** Returns the pages of the CLI in a folder by their ids, such as `auth:login`. */
export async function renderPages(folder, maxWidth) {
  const render = async (show) => {
    // oclif changes the ids of commands while it prints them.
    const config = await Config.load({ root: folder })
    const page = new Page(config, { maxWidth, docopts: false, stripAnsi: true, flagSortOrder: 'none' })
    await show(page)
    return `${page.text.replace(/\n{3,}/g, '\n\n').trim()}\n`
  }
  const { commandIDs, topics } = await Config.load({ root: folder })
  const pages = {
    environment: await render((page) => page.showEnvironment()),
    'exit-codes': await render((page) => page.showExitCodes()),
  }
  for (const id of ['', ...topics.map(({ name }) => name), ...commandIDs]) {
    pages[id] ??= await render((page) => page.showHelp(id.split(':').filter(Boolean)))
  }
  return pages
}

/** Returns a man page: its file name, and a page in roff. */
export function toManPage(id, page, version) {
  const name = ['pgrants', ...id.split(':')].filter(Boolean).join('-')
  const [summary = '', ...lines] = page.split('\n')
  // A hyphen would be printed as a dash, and a dot or a quote at the start of a line would be a macro.
  const escapeRoff = (text) => text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/, '\\&$&')
  const body = lines.map((line) =>
    /^[A-Z][A-Z ]+$/.test(line) ? `.SH ${line}\n.nf` : escapeRoff(line.replace(/^ {2}/, '')),
  )
  const text = [
    `.TH ${name.toUpperCase()} 1 "" "pgrants ${version}" "pgrants manual"`,
    `.SH NAME\n${escapeRoff(`${name} - `)}${escapeRoff(summary.replace(/\.$/, ''))}`,
    ...body.slice(1),
    `.SH SEE ALSO\n${escapeRoff('pgrants(1), pgrants-environment(1), pgrants-exit-codes(1)')}`,
  ].join('\n')
  return [`${name}.1`, `${text}\n`]
}
