/**
 * `node bench/src/policies/main.ts [--calls N] [--write]`: what policies cost. Needs no wrk and no second core; with `--write`
 * the figures go into the README. Exits with 1 when a target is missed.
 */
import { parseArgs } from 'node:util'
import { describeMachine } from '../machine.ts'
import { writeSection } from '../readme.ts'
import { measurePolicies } from './measure-policies.ts'
import { isPolicyTargetReached, renderPolicies } from './render-policies.ts'

const { values } = parseArgs({
  options: { calls: { type: 'string', default: '20000' }, write: { type: 'boolean', default: false } },
})

// Before it begins: the load that it makes itself says nothing.
const machine = describeMachine(import.meta.dirname)
const figures = await measurePolicies(Number(values.calls))
const text = renderPolicies(figures, machine)
console.log(text)
if (values.write) writeSection('policies', text)
process.exitCode = isPolicyTargetReached(figures) ? 0 : 1
