import type { Command } from 'commander'

/** `xdrlab types`. `where` adds the options that say which platform is asked for its schema. */
export function addTypesCommand(program: Command, where: (command: Command) => Command): void {
  where(program.command('types'))
    .description('write the types of GraphQL documents, for TypeScript outside of notebooks')
    .argument('<files...>', 'programs and .graphql files, folders, or patterns such as "src/**/*.ts"')
    .option('-o, --output <file>', 'where the types go', 'xdrlab-types.d.ts')
    .option('-s, --schema <file>', 'the schema, as .graphql (default: the part of Taegis that ships)')
    .option('--check', 'write nothing; exit 1 where the file is out of date')
    .addHelpText(
      'after',
      `
Found are templates tagged gql, texts in gql(…), templates behind /* GraphQL */, and all of .graphql files.

Texts in parentheses have their types at once; fragments that they use may follow them:
    const me = gql(\`query me { currentTDRUser { email } }\`)
    const { currentTDRUser } = await xdr.query(me)

A tagged template, or a file, has them by the operation’s name:
    import type { MeQuery, MeQueryVariables } from './xdrlab-types.js'
    const me = gql<MeQuery, MeQueryVariables>\`query me { currentTDRUser { email } }\`

With --provider or --region the platform itself is asked for its schema, at most once a day.

The compiler has to know the file: put it where "include" of tsconfig.json looks. For CI:
    xdrlab types src -o src/xdrlab-types.d.ts --check`,
    )
    .action(async (files, options) => (await import('./types.js')).types(files, options))
}
