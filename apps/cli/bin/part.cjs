'use strict'

/**
 * Returns the part of the program that answers. Each is a file of its own: Node starts a small one twice as fast as the
 * whole program.
 */
exports.choosePart = function choosePart(argv) {
  if (argv.length === 2 && argv[0] === 'auth' && argv[1] === 'token') return 'token'
  if (argv[0] === '__complete') return 'complete'
  const end = argv.indexOf('--')
  const words = end === -1 ? argv : argv.slice(0, end)
  if (argv[0] === 'version' || words.includes('--version') || words.includes('-v')) return 'version'
  if (/^(?:auth(?: mfa)?)?(?: ?help)?$/.test(words.join(' '))) return 'help'
  if (argv[0] === 'help' || words.includes('--help') || words.includes('-h')) return 'help'
  return 'main'
}
