/**
 * A schema as large platforms have it: objects, inputs, enumerations, interfaces and unions that refer to each other,
 * with descriptions and deprecations. Always the same for the same number.
 *
 * @param {number} types how many types it defines
 * @returns {string} in the schema definition language
 */
export function largeSchema(types) {
  const each = (count, make) => Array.from({ length: count }, (_, n) => make(n))
  const enums = Math.floor(types * 0.15)
  const inputs = Math.floor(types * 0.25)
  const interfaces = Math.floor(types * 0.02)
  const unions = Math.floor(types * 0.02)
  const objects = types - enums - inputs - interfaces - unions - 3
  const object = (n) => `Thing${n % objects}`
  const fields = (n) =>
    each(14, (m) => {
      const type = [
        'String',
        'Int',
        `[${object(n * 7 + m)}!]`,
        `Kind${(n + m) % enums}`,
        object(n * 3 + m),
        'ID!',
      ][m % 6]
      const args = m % 4 === 2 ? `(first: Int = 10, filter: Filter${(n + m) % inputs})` : ''
      return `  "Value ${m} of thing ${n}"\n  value${m}${args}: ${type}${m === 13 ? ' @deprecated(reason: "use `value0`")' : ''}`
    }).join('\n')
  const roots = (prefix, count) =>
    each(
      count,
      (n) => `  ${prefix}${n}(id: ID!, filter: Filter${n % inputs}, kind: Kind${n % enums}): ${object(n)}`,
    ).join('\n')
  return [
    ...each(enums, (n) => `enum Kind${n} { ${each(12, (m) => `K${n}_VALUE_${m}`).join(' ')} }`),
    ...each(
      inputs,
      (n) =>
        `input Filter${n} { text: String, limit: Int, kind: Kind${n % enums}, and: [Filter${n}!], next: Filter${(n + 1) % inputs} }`,
    ),
    ...each(interfaces, (n) => `interface Node${n} { id: ID! }`),
    ...each(
      objects,
      (n) => `"Thing ${n}"\ntype Thing${n} implements Node${n % interfaces} {\n  id: ID!\n${fields(n)}\n}`,
    ),
    ...each(unions, (n) => `union Any${n} = ${each(5, (m) => object(n * 5 + m)).join(' | ')}`),
    `type Query {\n${roots('thing', Math.ceil(types / 4))}\n}`,
    `type Mutation {\n${roots('change', Math.ceil(types / 8))}\n}`,
    `type Subscription {\n${roots('watch', 10)}\n}`,
  ].join('\n')
}
