#!/usr/bin/env node
await import('../dist/node/cli.js')
