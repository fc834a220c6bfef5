#!/usr/bin/env node
import { guardOutputs, runToEnd } from './outcome.js'

// Every command, as ES modules. What people start is start.ts, which comes here for all but the quick ones.
guardOutputs()
await runToEnd(async () => (await import('./program.js')).runProgram())
