#!/usr/bin/env node
import nodeModule from 'node:module'

// Node 22 and newer keep what they compiled, which makes the next call quicker.
nodeModule.enableCompileCache?.()
void import('../dist/main.js')
