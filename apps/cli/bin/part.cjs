'use strict'

const helpFlags = ['-h', '--help', '-v', '--version']

/**
 * Returns the part of the program that answers. Each is a file of its own: Node starts a small one twice as fast as the
 * whole program.
 */
exports.choosePart = function choosePart(argv) {
  const line = argv.join(' ')
  if (line === 'auth token' || line === 'auth status') return 'quick'
  if (argv[0] === '__complete') return 'complete'
  const end = argv.indexOf('--')
  const words = end === -1 ? argv : argv.slice(0, end)
  const isTopic = /^(?:auth(?: mfa)?)?(?: ?help)?$/.test(words.join(' '))
  // `auth login help` and `auth help login`, but not `auth exec -- git help`.
  const hasHelpWord = /^(?:(?:auth )?(?:mfa )?[a-z]+ help|auth (?:mfa )?help .*)$/.test(words.join(' '))
  const isHelp = argv[0] === 'help' || argv[0] === 'version' || words.some((word) => helpFlags.includes(word))
  return isTopic || hasHelpWord || isHelp ? 'help' : 'main'
}
