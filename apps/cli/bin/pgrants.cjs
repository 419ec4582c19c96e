#!/usr/bin/env node
'use strict'
// CommonJS, because Node starts it faster than a module.
require('node:module').enableCompileCache?.() // Node 22 and newer: the next start is faster

const argv = process.argv.slice(2)
const part = require('./part.cjs').choosePart(argv)
if (part === 'main') void import('../dist/run-cli.js').then(({ runCli }) => runCli(argv))
else require(`../dist/${part}.cjs`).main(argv)
