import type { Maybe, Resolvers } from './context.js'
import { Intelligence } from './data/intelligence.js'
import { createRules, createSuppressionRules, filterKeysOf, type Rule, ruleOwners } from './data/rules.js'
import type { World } from './data/world.js'
import { notFound, pageSize } from './paging.js'

interface RulesPage {
  page?: Maybe<number>
  count?: Maybe<number>
  ruleType?: Maybe<string>
}

/** Rules and threat intelligence: the same for every tenant. */
export function createKnowledgeResolvers(world: World): Resolvers {
  const owners = ruleOwners(world.directory)
  const rules = createRules(world.now, owners)
  const suppressions = createSuppressionRules(world.now, owners)
  const intelligence = new Intelligence(world.seed, world.now)

  return {
    Query: {
      rule: (_root, args: { id: string }) => {
        const found = [...rules, ...suppressions].find(({ id }) => id === args.id)
        if (found === undefined) throw notFound(`rule ${args.id}`)
        return found
      },

      rules: (_root, args: RulesPage) => pageOf(ofType(rules, args.ruleType), args).rules,

      // The sandbox's suppression rules are all the tenant's own.
      suppressionRules: (_root, args: RulesPage & { kind?: Maybe<string> }) =>
        args.kind === 'global' ? [] : pageOf(ofType(suppressions, args.ruleType), args).rules,

      searchRules: (
        _root,
        args: {
          query: { query?: Maybe<string>; attackTechniqueIds?: Maybe<string> }
          page?: Maybe<number>
          count?: Maybe<number>
        },
      ) => {
        const text = (args.query.query ?? '').toLowerCase()
        const wanted = (args.query.attackTechniqueIds ?? '').split(',').flatMap((id) => id.trim() || [])
        const found = rules.filter(
          ({ name, description, attackCategories }) =>
            `${name} ${description}`.toLowerCase().includes(text) &&
            (wanted.length === 0 || wanted.some((id) => attackCategories.includes(id))),
        )
        return pageOf(found, args)
      },

      filterKeys: (_root, args: { eventType: string }) => filterKeysOf(args.eventType),

      threatPublications: (_root, args: { text: string }) => intelligence.search(args.text),

      threatLatestPublications: (_root, args: { from: number; size: number }) =>
        intelligence.latest(Math.max(0, args.from), Math.max(0, args.size)),

      threatIndicators: (_root, args: { ids: string[] }) => intelligence.indicators(args.ids),

      threatPublicationsIndicators: (_root, args: { ID: string[] }) => intelligence.indicatorsOf(args.ID),

      threatWatchlist: (_root, args: { type: 'IP' | 'DOMAIN' }) => intelligence.watchlist(args.type),
    },

    Rule: {
      user: (parent: Rule) => world.directory.find(({ id }) => id === parent.userID),
    },
  }
}

function ofType(rules: readonly Rule[], ruleType: Maybe<string>): readonly Rule[] {
  return rules.filter((rule) => rule.ruleType === (ruleType ?? rule.ruleType))
}

/** Pages count from 0. */
function pageOf(rules: readonly Rule[], args: { page?: Maybe<number>; count?: Maybe<number> }) {
  const perPage = pageSize(args.count, 25, 500)
  const page = Math.max(0, args.page ?? 0)
  const offset = page * perPage
  const rows = rules.slice(offset, offset + perPage)
  const pageInfo = {
    page,
    perPage,
    offset,
    totalEntriesSize: rules.length,
    currentEntriesSize: rows.length,
    totalPages: Math.ceil(rules.length / perPage),
  }
  return { rules: rows, pageInfo }
}
