#!/usr/bin/env node
'use strict'
// CommonJS, and a file of its own for what is called most: Node starts it twice as fast as modules that load more.
const nodeModule = require('node:module')

// Node 22 and newer keep what they compiled, which makes the next call quicker.
nodeModule.enableCompileCache?.()

const argv = process.argv.slice(2)

if (argv.length === 2 && argv[0] === 'auth' && argv[1] === 'token') require('../dist/token.cjs')
else if (isForHelp()) require('../dist/help.cjs')
else void import('../dist/main.js')

/** Whether no command will run. oclif decides that by itself once more. */
function isForHelp() {
  const end = argv.indexOf('--')
  const flags = end === -1 ? argv : argv.slice(0, end)
  return flags.length === 0 || flags.includes('--help') || ['help', '--version'].includes(flags[0])
}
