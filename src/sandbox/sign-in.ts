import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Provider } from 'oidc-provider'
import { type Account, analyst } from './account.js'
import { appName } from './auth-server.js'
import { pageHeaders } from './page-style.js'
import { consentPage, loginPage, problemPage } from './pages.js'

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>
interface SignInRoute {
  Params: { uid: string }
  Body: Readonly<Record<string, string>> | null
}

const maxFormBytes = 16 * 1024

const scopeWords: Readonly<Record<string, string>> = {
  openid: 'know who you are',
  profile: 'read your name',
  email: 'read your e-mail address',
  offline_access: 'stay signed in until you sign out',
}

/** The pages between "confirm the code" and "you are signed in": password with one-time code, then consent. */
export function addSignInRoutes(app: FastifyInstance, provider: Provider, account: Account): void {
  app.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: maxFormBytes },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    )

    scope.get('/sign-in-code', (_request, reply) =>
      reply
        .headers({ ...pageHeaders, 'content-type': 'text/plain; charset=utf-8' })
        .send(account.currentCode()),
    )

    scope.get<SignInRoute>('/sign-in/:uid', async (request, reply) => {
      const interaction = await findInteraction(provider, request, reply)
      if (interaction === undefined) return sendEnded(reply)
      return sendPage(reply, 200, renderPrompt(interaction, account))
    })

    scope.post<SignInRoute>('/sign-in/:uid/login', async (request, reply) => {
      const interaction = await findInteraction(provider, request, reply)
      if (interaction?.prompt.name !== 'login') return sendEnded(reply)
      const { username = '', password = '', code = '' } = request.body ?? {}
      if (!account.accepts(username, password, code)) {
        const problem = 'The username, password or one-time code is not right. Please try again.'
        return sendPage(reply, 401, renderLogin(interaction, account, { username, problem }))
      }
      return finish(provider, request, reply, {
        login: { accountId: analyst.id, amr: ['pwd', 'otp', 'mfa'] },
      })
    })

    scope.post<SignInRoute>('/sign-in/:uid/consent', async (request, reply) => {
      const interaction = await findInteraction(provider, request, reply)
      if (interaction?.prompt.name !== 'consent') return sendEnded(reply)
      return finish(provider, request, reply, {
        consent: { grantId: await saveGrant(provider, interaction) },
      })
    })

    scope.post<SignInRoute>('/sign-in/:uid/cancel', async (request, reply) => {
      if ((await findInteraction(provider, request, reply)) === undefined) return sendEnded(reply)
      return finish(provider, request, reply, {
        error: 'access_denied',
        error_description: 'the person cancelled the sign-in',
      })
    })
  })
}

/** The interaction that the cookie and the address both name; a stale or foreign address finds none. */
async function findInteraction(
  provider: Provider,
  request: FastifyRequest<SignInRoute>,
  reply: FastifyReply,
): Promise<Interaction | undefined> {
  try {
    const interaction = await provider.interactionDetails(request.raw, reply.raw)
    return interaction.uid === request.params.uid ? interaction : undefined
  } catch (error) {
    if (error instanceof Error && error.name === 'SessionNotFound') return undefined
    throw error
  }
}

async function finish(
  provider: Provider,
  request: FastifyRequest<SignInRoute>,
  reply: FastifyReply,
  result: Parameters<Provider['interactionResult']>[2],
) {
  return reply.redirect(await provider.interactionResult(request.raw, reply.raw, result), 303)
}

function renderPrompt(interaction: Interaction, account: Account): string {
  if (interaction.prompt.name === 'consent') {
    const scopes = String(interaction.params.scope ?? 'openid').split(' ')
    return consentPage({
      action: `/sign-in/${interaction.uid}`,
      app: appName,
      username: account.username,
      wants: [
        'read and change alerts and investigations as you',
        ...scopes.flatMap((s) => scopeWords[s] ?? []),
      ],
    })
  }
  const hint = interaction.params.login_hint
  return renderLogin(interaction, account, { username: typeof hint === 'string' ? hint : '' })
}

function renderLogin(
  interaction: Interaction,
  account: Account,
  view: { username: string; problem?: string },
): string {
  return loginPage({
    action: `/sign-in/${interaction.uid}`,
    app: appName,
    help: { username: account.username, password: account.password, code: account.currentCode() },
    ...view,
  })
}

/** Grants what was asked for, in the grant that is there already or in a new one. */
async function saveGrant(provider: Provider, interaction: Interaction): Promise<string> {
  const existing =
    interaction.grantId === undefined ? undefined : await provider.Grant.find(interaction.grantId)
  const grant =
    existing ?? new provider.Grant({ accountId: analyst.id, clientId: String(interaction.params.client_id) })
  grant.addOIDCScope(String(interaction.params.scope ?? 'openid'))
  return grant.save()
}

function sendPage(reply: FastifyReply, status: number, html: string) {
  return reply.code(status).headers(pageHeaders).send(html)
}

function sendEnded(reply: FastifyReply) {
  const text =
    'It was finished, it took too long, or it was begun in another browser. Start again in your notebook.'
  return sendPage(reply, 400, problemPage({ title: 'This sign-in is no longer open', text }))
}
