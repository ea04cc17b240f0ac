import type { Explanation } from '../../policies/explanation.ts'
import { callOperatorApi, type OperatorOptions } from '../operator-api.ts'
import { printJson, printLines } from '../print.ts'
import { renderExplanation } from '../render-explanation.ts'
import { renderTime } from '../render-time.ts'

/** `clientele clients explain`: what a client asked for, what it was granted, and why. */
export async function explainClientCommand(id: string, options: OperatorOptions): Promise<void> {
  const client = await callOperatorApi(
    `/admin/v1/clients/${encodeURIComponent(id)}`,
    undefined,
    options,
    'GET',
  )
  if (options.json) return printJson(client)
  printLines(
    `The client ${client.client_id} was registered ${renderTime(client.created_at as number)}${renderChange(client)}.`,
    ...renderExplanation(client.explanation as Explanation),
  )
}

function renderChange({ revision, updated_at }: Record<string, unknown>): string {
  return revision === 1 ? '' : `, and last changed ${renderTime(updated_at as number)} (change ${revision})`
}
