/** A claim of the caller decides which scopes it may register. Duende's sample overrides a validator for this. */
import { definePolicy } from 'clientele/policies'

export const byClaim = definePolicy({
  name: 'by-claim',
  grant_types: { allowed: ['client_credentials'], default: ['client_credentials'] },
  // Who names no scope gets none, and not the server's default.
  scope: { default: [] },
  rules: [
    {
      name: 'by-claim.scope',
      round: 'granted',
      decide({ scope }, { caller }) {
        const claim = caller.claims?.may_register
        const may = Array.isArray(claim) ? claim : []
        const asked = scope.split(' ').filter((value) => value !== '')
        const kept = asked.filter((value) => may.includes(value))
        if (kept.length === asked.length) return []
        const because = 'has values that this caller may not register'
        // What is left of them is registered and returned; of nothing left, Clientele makes a refusal.
        return [{ kind: 'amend', member: 'scope', effect: 'narrowed', to: kept.join(' '), because }]
      },
    },
  ],
})
