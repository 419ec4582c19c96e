#!/usr/bin/env node
'use strict'
// CommonJS, because Node starts it faster than a module.
require('node:module').enableCompileCache?.() // Node 22 and newer: the next start is faster

require('../dist/main.cjs').main(process.argv.slice(2))
