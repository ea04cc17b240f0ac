import { type Clock, nowInSeconds } from '../runtime/clock.ts'
import type { AccountStore, AuditStore } from '../stores/store.ts'
import type { FormTokens } from './interaction-form.ts'
import { grantConsent, readConsentRequest } from './interaction-grant.ts'
import {
  finishVisit,
  type InteractionStep,
  REFUSAL,
  redirectUriOf,
  sendPage,
  type Visit,
} from './interaction-visit.ts'
import { clientView } from './pages/client-view.ts'
import { renderConsentPage } from './pages/consent-page.ts'
import { returnAddress } from './pages/return-address.ts'
import { isUnregistered } from './unregistered-client.ts'

export interface ConsentStepDeps {
  readonly host: string
  readonly tokens: FormTokens
  readonly accounts: Pick<AccountStore, 'findAccount'>
  readonly audit: Pick<AuditStore, 'appendAudit'>
  readonly clock: Clock
}

const OUT_OF_DATE =
  'This page was out of date: the program may have changed what it asks for. Please look again.'

/** Consent (OpenID Connect Core 1.0 §3.1.2.4): never given on the end-user's behalf, whatever the client. */
export function createConsentStep({
  host,
  tokens,
  accounts,
  audit,
  clock,
}: ConsentStepDeps): InteractionStep {
  async function show(visit: Visit, error?: string): Promise<void> {
    const shown = await whatIsShown(visit)
    const page = renderConsentPage({
      ...shown,
      host,
      error,
      action: visit.path,
      formToken: tokens.issue(visit.interaction.uid, 'consent', shown),
    })
    sendPage(visit.response, page, error === undefined ? 200 : 403, {
      leavesTo: redirectUriOf(visit.interaction),
    })
  }

  /** Everything on the page that a decision rests on; the form's token is bound to it. */
  async function whatIsShown({ provider, interaction, client, request }: Visit) {
    const accountId = interaction.session?.accountId
    const account = accountId === undefined ? undefined : await accounts.findAccount(accountId)
    return {
      client: clientView(client, request.headers['accept-language']),
      returnsTo: returnAddress(redirectUriOf(interaction)),
      email: account?.email,
      ...(await readConsentRequest(provider, interaction, client)),
    }
  }

  return {
    show: (visit) => show(visit),
    async submit(visit, fields) {
      const { provider, interaction } = visit
      const decision = fields.get('decision')
      if (!tokens.is(fields.get('token'), interaction.uid, 'consent', await whatIsShown(visit))) {
        return show(visit, OUT_OF_DATE)
      }
      if (decision === 'deny') return finishVisit(visit, REFUSAL)
      if (decision !== 'allow') return show(visit)
      if (isUnregistered(visit.client)) await noteUse(visit)
      const grantId = await grantConsent(provider, interaction, visit.client.granted)
      return finishVisit(visit, { consent: { grantId } })
    },
  }

  /** Before the answer leaves: who let which unknown program in, and where it was answered. */
  async function noteUse({ interaction, client }: Visit): Promise<void> {
    const returnsTo = URL.parse(redirectUriOf(interaction) ?? '')?.origin ?? 'unknown'
    await audit.appendAudit({
      action: 'client.used_unregistered',
      at: nowInSeconds(clock),
      subject: client.id,
      actor: `account:${interaction.session?.accountId}`,
      detail: { returns_to: returnsTo, scope: String(interaction.params.scope ?? '') },
    })
  }
}
